"""Which rows each older Warp refuses: what `grammar/catalogue/since.py` holds. A program, not a test.

    python tests/since.py FOLDER

FOLDER holds one folder for each version, as `tests/ir/versions.py` wants it. From the newest to the oldest, a kernel of
each row that is left is compiled for the CPU; a row that is refused is left out of what older ones are asked for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ir.versions import TESTED_VERSIONS  # noqa: E402  # found by the line before

PROBE = """
import json, sys, tempfile
from pathlib import Path
from test_compiles import EVERY, refusals

# Of each row an overload without bfloat16, if it has one: that is another matter (`TYPES`).
overloads = {}
for overload in EVERY:
    name = overload.production.name
    if name not in overloads or "bfloat16" in repr(overloads[name].holes):
        overloads[name] = overload
asked = json.load(sys.stdin)
if not asked:
    names = dict.fromkeys(overloads, "")
else:
    overloads = [overloads[name] for name in asked]
    with tempfile.TemporaryDirectory() as scratch:
        said = [one.partition(": ") for one in refusals(overloads, "cpu", Path(scratch))]
    names = {what.partition(" -> ")[0]: message.splitlines()[0] for what, _, message in said}
json.dump(dict(sorted(names.items())), sys.stdout)
"""
FOREIGN = ("AttributeError", "IndexError", "KeyError", "ValueError", "WarpCodegenKeyError")


def ask(folder: Path, rows: list[str]) -> dict[str, str]:
    """The rows that a version refuses, of some, each with what is said; of none, all that there are."""
    path = os.pathsep.join(map(str, (folder, ROOT, ROOT / "tests" / "grammar")))
    with tempfile.TemporaryDirectory() as empty:  # from where no other package is imported by accident
        run = subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=empty,
            env=os.environ | {"PYTHONPATH": path},
            input=json.dumps(rows),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    said: dict[str, str] = json.loads(run.stdout.splitlines()[-1])
    return said


def at_fault(said: str) -> bool:
    """Whether a version took a row and then failed at it: C++ that does not compile, an exception not its own."""
    stage, _, message = said.partition(": ")
    return stage == "native" or (stage == "codegen" and message.startswith(FOREIGN))


def main() -> None:
    found = {path.name.rpartition(".")[0]: path for path in Path(sys.argv[1]).resolve().iterdir()}
    *older, newest = TESTED_VERSIONS
    rows = list(ask(found[newest], []))
    after = newest
    for version in reversed(older):
        refused = ask(found[version], rows)
        faults = [row for row, said in refused.items() if at_fault(said)]
        sys.stdout.write(f"{int(after.partition('.')[2])}: {list(refused)}\n    of these FAULTS: {faults}\n")
        sys.stdout.flush()
        rows = sorted({*rows} - {*refused})
        after = version


if __name__ == "__main__":
    main()
