"""`python -m synth` and the console script `warpsmith`."""

import io
import os
import sys


def run() -> int:
    """Do what the command line says; the result is the exit code."""
    try:
        _open_standard_streams()
        from .cli import main  # noqa: PLC0415  (imports take a second, in which Ctrl-C must not end in a traceback)

        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


def _open_standard_streams() -> None:
    """Give a process that was started with closed streams quiet ones, before a file of ours takes their numbers.

    The processes that it starts have them too.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    # A record may hold what a terminal of another language cannot show.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(run())
