"""Findings: a folder for each thing that an oracle found wrong, ready to be pasted as an issue."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grammar.census import builtins, census
from grammar.inputs import SHAPES, make_inputs
from grammar.printer import print_source
from grammar.term import Kernel, Literal, parts
from grammar.types import BOOL, FLOAT, INT, spell

from . import VERSION
from .choices import pack_choices
from .configuration import Configuration
from .io import encode_value
from .judging import WORDED, normalised
from .oracles.subject import arrays
from .oracles.verdict import Disagrees
from .repro import UnreproducibleError, repro
from .shrink import Shrunk

PLUMBING = frozenset({"tid1", "tid2", "tid3", "tid4", "let", "store1", "store2", "store3", "store4", "field", "start"})
"""Rows that nearly every kernel has, which say nothing of a bug."""


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `finding.json` holds."""

    oracle: str
    how: str
    bucket: str
    constructs: tuple[str, ...]
    seed: int
    index: int
    profile: str
    category: str
    device: str
    choices: str
    """Of the kernel as Hypothesis left it; a reduction of its terms followed."""
    input_seed: int
    tries: int
    shrink_seconds: float
    body_lines: int
    warp: str
    warpsmith: str
    catalogue_digest: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What findings of one bug have in common: the oracle, what it says, the constructs of the smallest kernel."""

    oracle: str
    kind: str
    constructs: frozenset[str]

    @property
    def digest(self) -> str:
        """A short name."""
        text = "/".join([self.oracle, self.kind, *sorted(self.constructs)])
        return hashlib.sha256(text.encode()).hexdigest()[:10]


def bucket_of(oracle: str, kernel: Kernel, verdict: Disagrees) -> Bucket:
    """Return the bucket of a shrunk kernel."""
    kind = normalised(verdict.how) if oracle in WORDED else oracle
    return Bucket(oracle, kind, constructs(kernel) if oracle != "refusal" else frozenset())


def constructs(kernel: Kernel) -> frozenset[str]:
    """Return the rows of a kernel that say something of it, and the types of literals that are not the common ones."""
    rows = {name for name in census(kernel) if name not in PLUMBING and not name.startswith("load")}
    literals = {part.type for part in parts(kernel) if isinstance(part, Literal)} - {FLOAT, INT, BOOL}
    return frozenset(rows | {f"literal {spell(of)}" for of in literals})


def body_lines(source: str) -> int:
    """Return the number of lines in the body of the kernel that a source ends with."""
    return (
        sum(1 for line in source.rpartition("\n):\n")[2].splitlines() if line.strip())
        if "\n):\n" in source
        else len(source.rpartition("@wp.kernel")[2].partition("):\n")[2].strip().splitlines())
    )


def write_finding(out: Path, configuration: Configuration, index: int, oracle: str, shrunk: Shrunk, seed: int) -> Path:
    """Write the folder of a finding and return it."""
    kernel, verdict = shrunk.kernel, shrunk.verdict
    source = print_source(kernel)
    bucket = bucket_of(oracle, kernel, verdict)
    folder = out / f"{oracle}-{bucket.digest}"
    folder.mkdir(parents=True, exist_ok=True)
    finding = Finding(
        oracle=oracle,
        how=verdict.how,
        bucket=bucket.digest,
        constructs=tuple(sorted(bucket.constructs)),
        seed=configuration.seed,
        index=index,
        profile=configuration.profile,
        category=configuration.category_of(index),
        device=configuration.device,
        choices=pack_choices(shrunk.choices),
        input_seed=seed,
        tries=shrunk.tries,
        shrink_seconds=round(shrunk.seconds, 1),
        body_lines=body_lines(source),
        warp=configuration.versions.warp,
        warpsmith=VERSION,
        catalogue_digest=configuration.catalogue_digest,
    )
    title = f"Warp {finding.warp}, {oracle}: {verdict.how.strip().splitlines()[0][:100]}"
    (folder / "kernel.py").write_text(source, encoding="utf-8")
    (folder / "finding.json").write_bytes(msgspec.json.format(msgspec.json.encode(finding), indent=2) + b"\n")
    (folder / "values.json").write_text(json.dumps(_values(verdict), indent=1) + "\n", encoding="utf-8")
    if generated := verdict.details.get("generated"):
        (folder / "generated.cpp").write_text(marked(generated, kernel), encoding="utf-8")
    try:
        script = repro(oracle, kernel, source, verdict, make_inputs(kernel, SHAPES[0], seed), title)
    except UnreproducibleError as error:
        run = f"There is no script: {error}."
    else:
        (folder / "repro.py").write_text(script, encoding="utf-8")
        run = "`python repro.py` needs Warp and NumPy only; its first lines say what it exits with."
    (folder / "README.md").write_text(_readme(finding, source, verdict, title, run), encoding="utf-8")
    return folder


def marked(generated: str, kernel: Kernel) -> str:
    """Return generated code with a mark at the lines that call a built-in or an operator of the kernel's own."""
    names = {*builtins(kernel), *constructs(kernel)}
    suspect = re.compile(rf"wp::(adj_)?({'|'.join(map(re.escape, sorted(names)))})\(") if names else None
    return "".join(
        f"{line}  // <-- suspect\n" if suspect is not None and suspect.search(line) else f"{line}\n"
        for line in generated.splitlines()
    )


def _values(verdict: Disagrees) -> dict[str, Any]:
    """Inputs, what was found and what was expected."""
    details = verdict.details
    found: dict[str, Any] = {}
    if "inputs" in details:
        inputs = details["inputs"]
        found["dim"] = list(inputs.dim)
        found["inputs"] = {name: encode_value(value) for name, value in inputs.arguments.items()}
    for name in ("found", "expected"):
        if isinstance(details.get(name), dict):
            found[name] = {key: encode_value(value) for key, value in arrays(details[name]).items()}
        elif name in details:
            found[name] = details[name]
    return found


def _readme(finding: Finding, source: str, verdict: Disagrees, title: str, run: str) -> str:
    twin = verdict.details.get("twin")
    other = f"\nThe same kernel, written differently:\n\n```python\n{twin}```\n" if isinstance(twin, str) else ""
    return (
        f"# {title}\n\n{verdict.how.strip()}\n\n```python\n{source}```\n{other}\n{run}\n\n"
        f"Found by Warpsmith {finding.warpsmith} on Warp {finding.warp} ({finding.device}), seed {finding.seed}, "
        f"index {finding.index}, profile {finding.profile}, category {finding.category}; shrunk in "
        f"{finding.shrink_seconds} s and {finding.tries} tries. "
        f"Constructs: {', '.join(finding.constructs) or 'none'}.\n"
    )


def read_findings(out: Path) -> Iterator[tuple[Path, Finding]]:
    """Yield the findings in a folder, in the order of their names."""
    for path in sorted(out.glob("*/finding.json")):
        yield path.parent, msgspec.json.decode(path.read_bytes(), type=Finding)
