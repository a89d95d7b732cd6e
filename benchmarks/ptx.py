"""Does `ptxas` take the PTX of a dataset, each kernel's by itself?

python -m benchmarks.ptx DIR [--arch 90]      DIR: made with --levels ptx (or all)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

from ir import cuda_tools
from synth.folder import Folder
from synth.reading import configuration_of, stored_records


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--arch", type=int, default=90)
    options = parser.parse_args()
    folder = Folder(options.folder)
    counts: Counter[str] = Counter()
    registers: list[int] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as aside:
        source, cubin = Path(aside) / "kernel.ptx", Path(aside) / "kernel.cubin"
        for stored in stored_records(folder, configuration_of(folder)):
            record = stored.record
            if record.ptx is msgspec.UNSET:
                print(f"{folder.root} has no PTX: make it with --device cuda --levels ptx", file=sys.stderr)
                return 2
            source.write_text(record.ptx)
            try:
                needs = cuda_tools.assemble(source, cubin, options.arch)
            except cuda_tools.AssemblerError as error:
                counts["refused"] += 1
                print(f"{record.metadata.id}: {error}")
                continue
            ways = 1 + bool(record.cpp_backward)
            counts["accepted" if len(needs) == ways else "not all entry points"] += 1
            counts["spilling"] += any(each.spill_store_bytes for each in needs.values())
            registers += [each.registers for each in needs.values()]
    registers.sort()
    print(
        f"{counts['accepted']:,} of {sum(counts.values()) - counts['spilling']:,} accepted by ptxas "
        f"{cuda_tools.version('ptxas')} for sm_{options.arch} in {time.monotonic() - started:.0f} s; registers: median "
        f"{registers[len(registers) // 2]}, most {registers[-1]}; {counts['spilling']:,} kernels spill"
    )
    return 0 if counts["accepted"] == sum(counts.values()) - counts["spilling"] else 1


if __name__ == "__main__":
    sys.exit(main())
