"""A unit's source, run as the module that Warp and `inspect` take it for."""

from __future__ import annotations

import linecache
import re
import sys
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ir.records import Unit

# The same for every unit, because only one lives at a time and names show up in messages.
MODULE_NAME: Final = "warpsmith_unit"
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


class SourceError(Exception):
    """The source of a unit does not run, or does not define its one kernel."""


@contextmanager
def running(unit: Unit) -> Iterator[Mapping[str, object]]:
    """Run `unit` as a module that `inspect` can read, and forget all about it afterwards; yields its names."""
    module = types.ModuleType(MODULE_NAME)
    filename = f"{unit.kernel_name}.py"
    # No modification time: linecache then never looks for the file on disk.
    linecache.cache[filename] = (len(unit.source), None, unit.source.splitlines(keepends=True), filename)
    sys.modules[MODULE_NAME] = module
    try:
        _run(unit.source, filename, module)
        yield module.__dict__
    finally:
        linecache.cache.pop(filename, None)
        sys.modules.pop(MODULE_NAME, None)
        module.__dict__.clear()  # functions refer to their globals and back: free them now, not at the next collection


def named(error: BaseException) -> str:
    """Return an error's type and message, as CPython prints them, but for where in memory an object was."""
    return _ADDRESS.sub("", f"{type(error).__name__}: {error}").strip()


def _run(source: str, filename: str, module: types.ModuleType) -> None:
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # a kernel is made by running its source, and the source is our own
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        # The source is arbitrary Python, and Warp's decorators check types: anything can be raised.
        raise SourceError(named(error)) from error
