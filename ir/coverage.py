"""How much of Warp's code generator runs: lines and branches of `codegen.py`, counted by coverage.py."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from ir.errors import CoverageMissingError, WarpMissingError

if TYPE_CHECKING:
    from types import ModuleType, TracebackType

# Measures the import of Warp alone, in a process of its own, and leaves coverage.py's data file.
_IMPORT: Final = """
import sys
import coverage
measured = coverage.Coverage(data_file=sys.argv[1], branch=True, include=[sys.argv[2]], config_file=False)
with measured.collect():
    import warp
measured.save()
"""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """The share in percent; all of nothing is 100."""
        return 100.0 * self.covered / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True)
class FunctionCoverage:
    """One function of the code generator: the lines that never ran, and the jumps (from, to) that were never taken.

    A jump to a negative line leaves the function that begins there.
    """

    name: str
    lines: Share
    branches: Share
    missing_lines: tuple[int, ...]
    missing_branches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What ran of `codegen.py`, importing it included, and what did not, function by function, in its order."""

    lines: Share
    branches: Share
    functions: tuple[FunctionCoverage, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What Warp's own tests reach, for one version, in percent; `import_…` is what importing Warp alone reaches."""

    version: str
    source: str
    line_percent: float
    branch_percent: float
    import_line_percent: float
    import_branch_percent: float


def reference() -> Reference:
    """Return the figures of Warp's own tests, to print beside a report."""
    return Reference(**json.loads(Path(__file__).with_name("codegen_reference.json").read_text(encoding="utf-8")))


class CodegenCoverage:
    """Counts what runs of Warp's `codegen.py` in this process while it is open.

    Importing Warp counts as well: if that happened before, it is measured in another process and added. Slows code
    generation down to about a third. Raises `errors.CoverageMissingError`.
    """

    def __init__(self) -> None:
        self._coverage_py = _coverage_py()
        self._file = _codegen_file()
        self._counter = self._coverage_py.Coverage(
            data_file=None, branch=True, include=[str(self._file)], config_file=False
        )
        self._counter.set_option("run:disable_warnings", ["no-data-collected"])
        self._has_import = "warp" not in sys.modules

    def __enter__(self) -> Self:
        self._counter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._counter.stop()

    def save(self, file: Path) -> None:
        """Write what has run so far, for another process to `add`."""
        data = self._coverage_py.CoverageData(str(file))
        data.update(self._counter.get_data())
        data.write()
        data.close()

    def add(self, file: Path) -> None:
        """Count what another process has saved as well."""
        data = self._coverage_py.CoverageData(str(file))
        data.read()
        self._counter.get_data().update(data)
        data.close()

    def report(self) -> CoverageReport:
        """Sum up what has run so far; to be asked when closed."""
        self._add_import()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.json"
            self._counter.json_report(morfs=[str(self._file)], outfile=str(file))
            [found] = json.loads(file.read_text(encoding="utf-8"))["files"].values()
        lines, branches = _shares(found["summary"])
        functions = [
            FunctionCoverage(
                name or "(module)",
                *_shares(each["summary"]),
                missing_lines=tuple(each["missing_lines"]),
                missing_branches=tuple((start, end) for start, end in each["missing_branches"]),
            )
            for name, each in found["functions"].items()
        ]
        return CoverageReport(lines, branches, tuple(functions))

    def _add_import(self) -> None:
        if self._has_import:
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "import.coverage"
            command = [sys.executable, "-c", _IMPORT, str(file), str(self._file)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
            self.add(file)
        self._has_import = True


def _shares(summary: dict[str, Any]) -> tuple[Share, Share]:
    return (
        Share(summary["covered_lines"], summary["num_statements"]),
        Share(summary["covered_branches"], summary["num_branches"]),
    )


def _coverage_py() -> ModuleType:
    try:
        import coverage  # noqa: PLC0415  # an optional extra
    except ImportError as error:
        raise CoverageMissingError(
            "coverage.py is not installed, which counts what runs of Warp: pip install 'coverage>=7.6'"
        ) from error
    return coverage


def _codegen_file() -> Path:
    spec = importlib.util.find_spec("warp")  # does not import it
    if spec is None or spec.origin is None:
        raise WarpMissingError("Warp is not installed: pip install warp-lang")
    return Path(spec.origin).parent / "_src" / "codegen.py"
