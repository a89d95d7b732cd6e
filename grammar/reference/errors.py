"""What a run of the reference may end in."""


class UnreferencedError(Exception):
    """The reference has no meaning for something; the message says of what and why."""


class OutOfBoundsError(Exception):
    """An index that is outside of its array: the kernel is not defined on these inputs."""


class UndefinedError(Exception):
    """The kernel does on these inputs what C++ leaves undefined; the message says what."""
