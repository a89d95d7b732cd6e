"""Which kernels are the same: the laws of the two digests."""

from __future__ import annotations

import ast
import io
import re
import time
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir import Compiler, Refused, Unit
from ir.digest import Digests, digests
from ir.normalise import IR_LEVEL, PASSES, STRUCTURE_LEVEL, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = [path.stem for path in sorted((Path(__file__).parent / "corpus").glob("*.py"))]
NATIVE = ("snippet", "natives")
RENAMABLE = [name for name in NAMES if name not in NATIVE]  # the body of a native function is text to Warp, and to us

# Words that the generated text uses for itself, in every role that a Python name can have.
NASTY = (
    *("dim", "task_index", "var_0", "adj_1", "ret_0", "label0", "_idx", "tile_mem", "x", "shape", "strides", "size"),
    *("data", "grad", "i", "k", "m0", "S0", "f0", "v1", "_wp_args", "start_for_0", "wp_contiguous_args", "blockDim"),
    *("float32", "ret", "builtin_tid1d", "component_ref", "load", "index", "address", "m", "s", "y"),
)


def digest(compiler: Compiler, unit: Unit) -> Digests:
    module = compiler.generate(unit)
    assert not isinstance(module, Refused), module
    return Digests(module.built.ir_digest, module.built.structure_digest, module.built.normalised)


def declared(source: str) -> tuple[list[str], list[str], list[str]]:
    """The names that a unit chooses for itself: values, definitions, and fields."""
    values: dict[str, None] = {}
    members: set[str] = set()  # of enumerations: known by their values
    top: dict[str, None] = {}
    fields: dict[str, None] = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef():
                top[node.name] = None
                fields |= {item.target.id: None for item in node.body if isinstance(item, ast.AnnAssign)}  # type: ignore[union-attr]
                members |= {item.targets[0].id for item in node.body if isinstance(item, ast.Assign)}  # type: ignore[attr-defined]
            case ast.FunctionDef():
                top[node.name] = None
                values |= {argument.arg: None for argument in node.args.args}
            case ast.Name(id=name, ctx=ast.Store()):
                values[name] = None
    return [v for v in values if v not in fields and v not in members], list(top), list(fields)


def renamed(unit: Unit, names: dict[str, str], fields: dict[str, str]) -> Unit:
    """Rename in the text; `fields` where a dot precedes or a struct declares, `names` everywhere else."""
    tokens = list(tokenize.generate_tokens(io.StringIO(unit.source).readline))
    lines = unit.source.splitlines(keepends=True)
    edits = []
    for before, token, after in zip([tokens[0], *tokens], tokens, [*tokens[1:], tokens[-1]], strict=False):
        if token.type != tokenize.NAME:
            continue
        is_member = before.string == "."
        is_declaration = after.string == ":" and token.string in fields and token.start[1] == 4
        is_keyword = after.string == "=" and token.string == "dtype"
        table = fields if is_member or is_declaration else {} if is_keyword else names
        if token.string in table:
            edits.append((token.start, token.end, table[token.string]))
    for (row, start), (_, end), new in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:start] + new + line[end:]
    return Unit(names.get(unit.kernel_name, unit.kernel_name), "".join(lines))


def plain(names: Iterable[str]) -> dict[str, str]:
    return {name: f"{name.swapcase()}_other" for name in names}


def nasty(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    free = [name for name in NASTY if name not in taken]
    return dict(zip(names, free, strict=False))


@pytest.mark.parametrize("name", RENAMABLE)
def test_names_do_not_matter(compiler: Compiler, corpus: dict[str, Unit], name: str) -> None:
    unit = corpus[name]
    values, top, fields = declared(unit.source)
    # adj_<function> is how Warp finds a custom gradient's arguments; its name is not free.
    top = [n for n in top if not n.startswith("adj_")]
    values = [n for n in values if not n.startswith("adj_")]
    other = renamed(unit, plain(values) | plain(top), plain(fields))
    assert other.source != unit.source
    assert digest(compiler, other) == digest(compiler, unit)


@pytest.mark.parametrize("name", RENAMABLE)
def test_names_that_the_generated_text_uses_do_not_matter(
    compiler: Compiler, corpus: dict[str, Unit], name: str
) -> None:
    unit = corpus[name]
    values, _, _ = declared(unit.source)
    values = [n for n in values if not n.startswith("adj_")]
    other = renamed(unit, nasty(values), {})
    assert digest(compiler, other) == digest(compiler, unit)


@pytest.mark.parametrize("field", ["shape", "strides", "size", "data", "x", "c", "w", "m1", "var_0"])
def test_field_names_that_the_generated_text_uses_do_not_matter(
    compiler: Compiler, corpus: dict[str, Unit], field: str
) -> None:
    """Also where arrays have a member of that name: in `structs`, samples.shape[0] is the array's."""
    unit = corpus["structs"]
    source = unit.source.replace(".samples.shape", ".samples.SHAPE")
    other = re.sub(r"\bweight\b", field, source).replace(".samples.SHAPE", ".samples.shape")
    assert digest(compiler, Unit("structs", other)) == digest(compiler, unit)


def test_fields_of_two_structs_may_share_a_name(compiler: Compiler) -> None:
    source = """import warp as wp


@wp.struct
class A:
    a: float
    b: float


@wp.struct
class B:
    {c}: float
    {d}: float


@wp.kernel
def fields(one: A, two: B, out: wp.array(dtype=float)):
    out[0] = one.a - one.b * two.{c} + two.{d}
"""
    shared = Unit("fields", source.format(c="a", d="b"))
    assert digest(compiler, shared) == digest(compiler, Unit("fields", source.format(c="b", d="a")))
    assert digest(compiler, shared) == digest(compiler, Unit("fields", source.format(c="c", d="d")))
    swapped = shared.source.replace("one.a - one.b", "one.b - one.a")
    assert digest(compiler, shared).structure != digest(compiler, Unit("fields", swapped)).structure


def test_comments_and_layout_do_not_matter(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    for unit in corpus.values():
        if unit.kernel_name in NATIVE:
            continue
        source = "# a comment\n\n" + unit.source.replace(
            "\n    i = wp.tid()", "\n\n    # here\n    i   =  wp.tid()  # !"
        )
        assert digest(compiler, Unit(unit.kernel_name, source)) == digest(compiler, unit)


LITERALS = [
    ("control", "total * 0.5", "total * 0.75"),
    ("control", "total > 10.0", "total > -10.0"),
    ("control", "m % 2 == 0", "m % 3 == 0"),
    ("control", "float(0.0)", "float(1e-20)"),
    ("control", "range(0, m, 2)", "range(0, m, 3)"),
    ("functions", "constant(2.5)", "constant(25.0)"),
    ("functions", "scale(value, 2.0)", "scale(value, 3.0)"),
    ("scalars", "wp.float64(2.5)", "wp.float64(1e300)"),
    ("scalars", "wp.int8(3)", "wp.int8(-3)"),
    ("scalars", "wp.uint64(0xFFFFFFFFFF)", "wp.uint64(7)"),
    ("scalars", "wp.float16(1.5)", "wp.float16(2.5)"),
    ("linear", "wp.vec3(0.0, 1.0, 0.0)", "wp.vec3(1.0, 0.0, 0.0)"),
    ("linear", "matrix[0, 1]", "matrix[1, 1]"),
    ("linear", "point.x = point.y", "point.z = point.y"),
    ("atomics", "keys[i] & 7", "keys[i] & 15"),
    ("structs", "wp.vec3(1.0, 2.0, 3.0)", "wp.vec3(1.0, 2.0, 4.0)"),
    ("structs", "grid[i, 0].extent", "grid[i, 3].extent"),
    ("snippet", "{ %d }", "{ %d ; }"),
    ("bfloat", "wp.static(2.0 * 3.0)", "wp.static(2.0 * 4.0)"),
]


@pytest.mark.parametrize(("name", "old", "new"), LITERALS)
def test_a_literal_changes_the_ir_digest_alone(
    compiler: Compiler, corpus: dict[str, Unit], name: str, old: str, new: str
) -> None:
    unit = corpus[name]
    assert unit.source.count(old) >= 1
    before, after = digest(compiler, unit), digest(compiler, Unit(name, unit.source.replace(old, new, 1)))
    assert before.ir != after.ir
    assert before.structure == after.structure


STRUCTURES = [
    ("control", "total * 0.5", "total / 0.5"),
    ("control", "i >= limit", "i > limit"),
    ("control", "m % 2 == 0", "m % 2 != 0"),
    ("control", "wp.sin(total)", "wp.cos(total)"),
    ("control", "continue", "break"),
    ("control", "range(3)", "range(4)"),
    ("control", "and j > 0", "or j > 0"),
    ("control", "0.25", "total"),
    ("control", "field: wp.array3d(dtype=float)", "field: wp.array3d(dtype=wp.float32), spare: int"),
    ("functions", "value + value", "value - value"),
    ("functions", "value * value", "value + value"),
    ("functions", "return value + 1.0, scale(value, 2.0)", "return scale(value, 2.0), value + 1.0"),
    ("scalars", "bias: wp.float64", "bias: wp.float64, spare: bool"),
    ("scalars", "small: wp.array(dtype=wp.int8)", "small: wp.array(dtype=wp.int16)"),
    ("atomics", "atomic_max", "atomic_min"),
    ("atomics", "key << 1", "key >> 1"),
    ("atomics", "top, j, k,", "top, k, j,"),
    ("linear", "wp.cross(point, turned)", "wp.cross(turned, point)"),
    ("linear", "frames: wp.array(dtype=wp.transform)", "frames: wp.array2d(dtype=wp.transform)"),
    ("structs", "count: int", "count: int\n    spare: float"),
    ("structs", "setup.count", "setup.inner.samples.shape[0]"),
    ("gradient", "dx - dy", "dy - dx"),
]


@pytest.mark.parametrize(("name", "old", "new"), STRUCTURES)
def test_an_operator_or_a_type_changes_both(
    compiler: Compiler, corpus: dict[str, Unit], name: str, old: str, new: str
) -> None:
    unit = corpus[name]
    source = unit.source.replace(old, new, 1)
    for a, b in (("wp.int8(3)", "wp.int16(3)"), ("frames[i]", "frames[i, i]")):
        if "int16" in new or "array2d(dtype=wp.transform)" in new:
            source = source.replace(a, b)
    before, after = digest(compiler, unit), digest(compiler, Unit(name, source))
    assert before.ir != after.ir
    assert before.structure != after.structure


def test_all_corpus_kernels_are_distinct(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    assert len({digest(compiler, unit).structure for unit in corpus.values()}) == len(corpus)


@pytest.mark.parametrize("name", NAMES)
def test_normalising_twice_changes_nothing(compiler: Compiler, corpus: dict[str, Unit], name: str) -> None:
    module = compiler.generate(corpus[name])
    assert not isinstance(module, Refused)
    for level in range(1, IR_LEVEL):  # the next one drops the indentation that tells where a function ends
        once = normalise(module.built.listing.forward, level)
        assert normalise(once, level) == once


@pytest.mark.parametrize("name", RENAMABLE)
def test_no_name_of_the_source_survives(compiler: Compiler, corpus: dict[str, Unit], name: str) -> None:
    unit = corpus[name]
    values, top, fields = declared(unit.source)
    other = renamed(unit, {n: f"{n}_QQ" for n in (*values, *top) if "adj_" not in n}, {n: f"{n}_QQ" for n in fields})
    module = compiler.generate(other)
    assert not isinstance(module, Refused)
    assert "_QQ" in module.built.listing.forward
    assert "_QQ" not in normalise(module.built.listing.forward, IR_LEVEL)


def test_levels_are_prefixes_of_the_passes() -> None:
    assert [step.name for step in PASSES[IR_LEVEL:STRUCTURE_LEVEL]] == ["constants"]
    assert len(PASSES) == STRUCTURE_LEVEL


def test_digests_are_fast_and_short(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    module = compiler.generate(corpus["control"])
    assert not isinstance(module, Refused)
    start = time.perf_counter()
    for _ in range(20):
        result = digests(module.built.listing.forward)
    assert (time.perf_counter() - start) / 20 < 0.02  # about 1 ms; the margin is for busy machines
    assert all(re.fullmatch("[0-9a-f]{32}", value) for value in (result.ir, result.structure))
    assert result.normalised == normalise(module.built.listing.forward)
