#!/usr/bin/env python3
"""How far the shape of generated kernels is from that of kernels people wrote.

    shape.py SAMPLES            compare generated kernels with the real ones: one distance a group, then the mean
    shape.py --profile SAMPLES  print the shape itself as JSON (what shape_of_real_kernels.json holds)

SAMPLES: .jsonl (one object a line), .json files or a folder of them, with the kernel's text under "python_source".
Every @wp.kernel in a text counts as one definition. Standard library only.

A group is a distribution over names (statement kinds, operators, built-ins called, argument types ...) or over
log-binned counts (lines, arguments, branches, depth ...). The distance is the Jensen-Shannon distance, base 2:
0 means the same distribution, 1 means nothing in common. Two halves of the real corpus, split by project,
lie at the figure stored as "between_projects": getting under it means that the generated kernels look no more
foreign than one real project does to another.
"""

from __future__ import annotations

import ast
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

REFERENCE = Path(__file__).with_name("shape_of_real_kernels.json")
BINS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def is_kernel(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        dotted(d.func if isinstance(d, ast.Call) else d).split(".")[-1] == "kernel" for d in node.decorator_list
    )


def type_family(annotation: ast.expr | None) -> str:
    text = ast.unparse(annotation).replace("wp.", "") if annotation else "none"
    array = any(word in text for word in ("array", "Array"))
    inner = text.split("dtype=")[-1] if "dtype=" in text else text.split("[")[-1] if "[" in text else text
    inner = inner.lower()
    for family, words in (
        ("any", ("any", "scalar")),
        ("transform", ("transform",)),
        ("spatial", ("spatial",)),
        ("quat", ("quat",)),
        ("mat", ("mat",)),
        ("vec", ("vec",)),
        ("bool", ("bool",)),
        ("int", ("int",)),
        ("float", ("float",)),
    ):
        if any(word in inner for word in words):
            return f"array<{family}>" if array else family
    return "array<other>" if array else "other"


def binned(count: int) -> str:
    return str(max(b for b in BINS if b <= count))


def depth(node: ast.AST, kinds: tuple[type, ...]) -> int:
    below = max((depth(child, kinds) for child in ast.iter_child_nodes(node)), default=0)
    return below + isinstance(node, kinds)


def measure(kernel: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    body = [s for s in kernel.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    nodes = [n for s in body for n in ast.walk(s)]
    count = Counter(type(n).__name__ for n in nodes)
    stored: set[str] = set()
    for node in nodes:
        name = type(node).__name__
        if isinstance(node, ast.stmt):
            yield "statement", name
        elif isinstance(node, ast.expr):
            yield "expression", name
        if isinstance(node, ast.BinOp | ast.AugAssign):
            yield ("operator" if isinstance(node, ast.BinOp) else "augmented"), type(node.op).__name__
        if isinstance(node, ast.Compare):
            yield from (("comparison", type(op).__name__) for op in node.ops)
        if isinstance(node, ast.Constant):
            yield "literal", f"{type(node.value).__name__} {node.value if node.value in (0, 1, 2, 3) else '...'}"
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            yield (
                "call",
                called
                if called.startswith("wp.") or called in ("range", "float", "int", "len", "bool")
                else "<function>",
            )
        if isinstance(node, ast.Subscript):
            inner = node.slice
            yield (
                "subscript",
                f"{'store' if isinstance(node.ctx, ast.Store) else 'load'} {len(inner.elts) if isinstance(inner, ast.Tuple) else 1}",
            )
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.add(node.id)
        if isinstance(node, ast.If):
            yield (
                "if",
                "else"
                if node.orelse
                else "guard"
                if isinstance(node.body[-1], ast.Return | ast.Continue | ast.Break)
                else "plain",
            )
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
            kinds = "const" if all(isinstance(a, ast.Constant) for a in node.iter.args) else "dynamic"
            yield "range", f"{kinds} {len(node.iter.args)}"
    for argument in kernel.args.args:
        yield "argument", type_family(argument.annotation)
    lines = sum(len(ast.unparse(s).splitlines()) for s in body)
    yield "n lines", binned(lines)
    yield "n arguments", binned(len(kernel.args.args))
    yield "n locals", binned(len(stored))
    yield "n branches", binned(count["If"] + count["IfExp"])
    yield "n loops", binned(count["For"] + count["While"])
    yield "n calls", binned(count["Call"])
    yield "n expressions", binned(sum(isinstance(n, ast.expr) for n in nodes))
    yield "nesting", str(depth(kernel, (ast.If, ast.For, ast.While)))
    yield (
        "expression depth",
        str(
            max(
                (depth(n, (ast.BinOp, ast.Call, ast.Subscript, ast.UnaryOp, ast.Compare, ast.BoolOp)) for n in body),
                default=0,
            )
        ),
    )


def texts(path: Path) -> Iterator[str]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".json", ".jsonl"))
    for file in files:
        rows = file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]
        for row in rows:
            if row.strip() and isinstance(record := json.loads(row), dict) and "python_source" in record:
                yield record["python_source"]


def shape(sources: Iterator[str]) -> dict[str, dict[str, float]]:
    groups: dict[str, Counter[str]] = {}
    kernels = 0
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if is_kernel(node):
                kernels += 1
                for group, item in measure(node):  # type: ignore[arg-type]
                    groups.setdefault(group, Counter())[item] += 1
    if not kernels:
        raise SystemExit("shape.py: no @wp.kernel found under 'python_source'")
    print(f"{kernels} kernels", file=sys.stderr)
    return {g: {k: v / c.total() for k, v in c.most_common(300)} for g, c in sorted(groups.items())}


def distance(p: dict[str, float], q: dict[str, float]) -> float:
    total = 0.0
    for key in p.keys() | q.keys():
        a, b = p.get(key, 0.0), q.get(key, 0.0)
        m = (a + b) / 2
        total += (a * math.log2(a / m) if a else 0.0) / 2 + (b * math.log2(b / m) if b else 0.0) / 2
    return math.sqrt(max(total, 0.0))


def main(arguments: list[str]) -> None:
    if len(arguments) not in (1, 2) or (len(arguments) == 2 and arguments[0] != "--profile"):
        raise SystemExit(__doc__)
    mine = shape(texts(Path(arguments[-1])))
    if arguments[0] == "--profile":
        print(json.dumps(mine, indent=1))
        return
    reference = json.loads(REFERENCE.read_text())
    theirs, between = reference["shape"], reference["between_projects"]
    distances = {g: distance(mine.get(g, {}), theirs[g]) for g in theirs}
    for group, value in sorted(distances.items(), key=lambda item: -item[1]):
        print(f"{group:18s} {value:.3f}   (between real projects {between[group]:.3f})")
    print(
        f"mean {sum(distances.values()) / len(distances):.3f}   (between real projects {sum(between.values()) / len(between):.3f})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
