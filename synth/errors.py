"""The failures a run can end with.

WarpsmithError
 ├── UsageError     what was asked for cannot be done: exit 2, nothing was changed
 └── StoppedError   the world stopped a run half-way: exit 1, what was made is kept
Interrupted          a signal asked us to stop: exit 128 + its number, what was made is kept
"""

import signal


class WarpsmithError(Exception):
    """A failure that is told in one line, without a traceback."""

    exit_code = 1


class UsageError(WarpsmithError):
    """A request that cannot be met; the message says what, which one, and what would have been right."""

    exit_code = 2


class StoppedError(WarpsmithError):
    """A run that the world stopped half-way; the same command continues it."""


class Interrupted(BaseException):
    """A request to stop, from the keyboard or the system; not an `Exception`, so nothing swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The shell's convention for a process ended by this signal."""
        return 128 + self.number

    @property
    def reason(self) -> str:
        """The signal's name."""
        return signal.Signals(self.number).name
