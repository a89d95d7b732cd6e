"""The precompiled headers of both native compilers: where they lie, and how long they live."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def kept(headers: Path) -> Iterator[None]:
    """Keep the precompiled header of the CPU (1 s to build) through a failed compile, after which Warp deletes it."""
    try:
        yield
    except Exception:
        for spare in headers.glob("*.spare"):
            if not spare.with_suffix("").exists():
                spare.rename(spare.with_suffix(""))
        raise
    finally:
        for header in headers.glob("*.pch"):
            spare = header.with_name(f"{header.name}.spare")
            if not spare.exists():
                os.link(header, spare)


class HeaderHome:
    """Where NVRTC keeps its precompiled header (80 MB): the temporary folder of the first compile in this process.

    It makes a folder there that it removes only at a normal exit, and fails when somebody else has removed it before:
    so the folder should be one that is cleaned up after a kill, and may be gone while the process lives on.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None

    @contextmanager
    def temporary_files(self, folder: Path) -> Iterator[bool]:
        """Show NVRTC `folder` as the one for temporary files; yields whether it may use its precompiled header."""
        usable = self._folder is None or any(self._folder.glob("__nvrtc_auto_pch_*"))
        self._folder = self._folder or folder
        saved = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(folder)
        try:
            yield usable
        finally:
            if saved is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = saved


NVRTC: Final = HeaderHome()  # NVRTC's own state belongs to the process, so what we know of it does too
