"""Every tested version of Warp, one after another: what of the corpus each compiles. A program, not a test.

    python tests/ir/versions.py FOLDER

FOLDER holds one folder for each version, made by `pip install --no-deps --target FOLDER/1.14.0 warp-lang==1.14.0`. The
program fails when a version refuses a kernel that does not say that it needs a newer one, or when a tested version is
not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from ir.versions import TESTED_VERSIONS  # noqa: E402  # found by the line before

PROBE = """
import re, sys, tempfile
from pathlib import Path
from ir import Built, Compiler, Target, Unit, warp_version
from ir.errors import NoCudaCompilerError
from ir.recording import resolved
from ir.registry import visible_overloads

minor = int(warp_version().split(".")[1])
units = []
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    needs = re.match(r"# Needs Warp 1\\.(\\d+)\\.", path.read_text())
    if needs is None or int(needs[1]) <= minor:
        units.append(Unit(path.stem, path.read_text()))
line, refused = f"{warp_version():8} {len(visible_overloads()):4} overloads", []
for device in ("cpu", "cuda"):
    target = Target(device)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            outcomes = Compiler(target, Path(scratch)).build(units)
    except NoCudaCompilerError:
        line += f"  {device} none"
        continue
    line += f"  {device} {sum(isinstance(outcome, Built) for outcome in outcomes)}/{len(units)}"
    refused += [(unit.kernel_name, outcome) for unit, outcome in zip(units, outcomes) if not isinstance(outcome, Built)]
keys = {overload.key for overload in visible_overloads()}
assert all(resolved(unit, Target("cpu")) and resolved(unit, Target("cpu")) <= keys for unit in units)
print(line, *refused, sep="\\n    ")
sys.exit(bool(refused))
"""


def main() -> int:
    found = {path.name.rpartition(".")[0]: path for path in Path(sys.argv[1]).resolve().iterdir()}
    missing = [version for version in TESTED_VERSIONS if version not in found]
    is_bad = bool(missing)
    for version in TESTED_VERSIONS:
        if version in missing:
            continue
        with tempfile.TemporaryDirectory() as empty:  # from where no other package is imported by accident
            run = subprocess.run(
                [sys.executable, "-W", "error", "-c", PROBE, str(ROOT / "tests" / "ir" / "corpus")],
                cwd=empty,
                env=os.environ | {"PYTHONPATH": f"{found[version]}{os.pathsep}{ROOT}"},
                check=False,
            )
        is_bad = is_bad or run.returncode != 0
    for version in missing:
        sys.stdout.write(f"{version} is not in {sys.argv[1]}\n")
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
