"""What native code writes to the terminal, kept from it."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def captured_output() -> Iterator[Callable[[], str]]:
    """Redirect file descriptors 1 and 2, where native code writes, to a file; yields a function that reads it."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as file:
        saved = os.dup(1), os.dup(2)
        try:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)

            def read() -> str:
                _flush_native()
                file.seek(0)
                return file.read().decode(errors="replace")

            yield read
        finally:
            _flush_native()
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in zip((1, 2), saved, strict=True):
                os.dup2(copy, number)
                os.close(copy)


def _flush_native() -> None:
    ctypes.CDLL(None).fflush(None)  # C's stdout is buffered when it is not a terminal
