from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir import Compiler, Refused, Unit, warp_api
from ir.compiler import Generated
from ir.extract import Kind, definitions, split_prelude

if TYPE_CHECKING:
    from collections.abc import Callable

    from ir.records import Listing

NAMES = [path.stem for path in sorted((Path(__file__).parent / "corpus").glob("*.py"))]


def generate(compiler: Compiler, unit: Unit) -> Generated:
    module = compiler.generate(unit)
    assert not isinstance(module, Refused), module
    return module


def parts(listing: Listing) -> tuple[str, str]:
    return listing.forward, listing.backward


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest, compiler: Compiler, corpus: dict[str, Unit]) -> Generated:
    return generate(compiler, corpus[request.param])


def test_definitions_lose_nothing(module: Generated) -> None:
    body = split_prelude(module.text)[1]
    found = definitions(body)
    declared = [definition.text for definition in found if definition.kind is Kind.DECLARATION]
    joined = "".join(definition.text for definition in found if definition.kind is not Kind.DECLARATION)
    if declared:  # each gets its extern "C" for itself
        block = "".join(text.removeprefix('extern "C" ') for text in declared)
        joined = f'extern "C" {{{block}}}{joined}'
    assert joined.replace("\n", "") == body.replace("\n", "")


def test_no_hash_and_no_boilerplate(module: Generated) -> None:
    for text in parts(module.built.listing):
        assert not re.search(r"_[0-9a-f]{8}\b", text)
        assert "_dispatch(" not in text
        assert "_tasks(" not in text
        assert 'extern "C" {' not in text
        assert "#" not in re.sub(r"//.*|#if defined\(__CUDA_ARCH__\)\n[^#]*#endif\n", "", text)


def test_source_comments_agree_with_the_source(module: Generated) -> None:
    lines = module.unit.source.splitlines()
    checked = 0
    for definition in definitions(module.built.listing.forward):
        place = re.search(r"^// (\S+):(\d+)$", definition.text, re.MULTILINE)
        assert place is None or place[1] == f"{module.unit.kernel_name}.py"
        if "Any" in module.unit.source and (place is None or place[2] == "0"):
            continue  # an instance of a generic function or kernel: Warp counts its lines from its own start
        for text, number in re.findall(r"^ *// (?:adj: )?(.*?) *<L (\d+)>$", definition.text, re.MULTILINE):
            assert text.startswith("def ") or lines[int(number) - 1].strip() == text
            checked += 1
    assert checked > 2 or "Any" in module.unit.source


def test_only_what_the_kernel_uses(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    unit = corpus["functions"]
    unused = "@wp.struct\nclass Unused:\n    a: float\n\n\n@wp.func\ndef unused(x: Unused):\n    return x.a\n\n\n"
    head, kernel, tail = unit.source.partition("@wp.kernel\n")
    extended = generate(compiler, Unit(unit.kernel_name, head + unused + kernel + tail))
    without_lines = [re.sub(r" +<L \d+>|\.py:\d+", "", text) for text in parts(extended.built.listing)]
    assert without_lines == [
        re.sub(r" +<L \d+>|\.py:\d+", "", t) for t in parts(generate(compiler, unit).built.listing)
    ]


@pytest.mark.parametrize("direction", [0, 1], ids=["forward", "backward"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_each_part_compiles_by_itself(
    compiler_for: Callable[..., Compiler], device: str, direction: int, corpus: dict[str, Unit], tmp_path: Path
) -> None:
    """One compile for the corpus; each listing in a namespace of its own, where it can lean on nothing else."""
    text = []
    for i, unit in enumerate(corpus.values()):
        module = generate(compiler_for(device), unit)
        part = parts(module.built.listing)[direction]
        way = ("forward", "backward")[direction]
        if not part:
            assert "enable_backward=False" in unit.source
            continue
        if not text:
            text.append(split_prelude(module.text)[0].replace("#define WP_NO_BFLOAT16\n", ""))
        instance = "<true>" if "template <bool" in part else ""
        use = f"auto* use = &{unit.kernel_name}_cpu_kernel_{way}{instance};\n" if device == "cpu" else ""
        text.append(f"namespace part_{i} {{\n{part}\n{use}}}\n")
    suffix, result = (".cpp", ".o") if device == "cpu" else (".cu", ".ptx")
    source, output = tmp_path / f"parts{suffix}", tmp_path / f"parts{result}"
    source.write_text("".join(text))
    if device == "cpu":
        warp_api.compile_cpu(source, output, tmp_path)
    else:
        warp_api.compile_cuda(source, output, 90, tmp_path)
    assert output.stat().st_size > 1000


def test_line_directives_belong_to_what_they_stand_before(compiler: Compiler) -> None:
    source = """import warp as wp

wp.set_module_options({"lineinfo": True})


@wp.func
def twice(x: float) -> float:
    return x * 2.0


@wp.kernel
def lines(values: wp.array(dtype=float)):
    i = wp.tid()
    values[i] = twice(values[i])
"""
    [outcome] = compiler.build([Unit("lines", source)])
    assert not isinstance(outcome, Refused), outcome
    forward, backward = parts(outcome.listing)
    assert '#line 13 "lines.py"' in forward
    assert "backward(" not in forward
    assert "adj_twice_0(" in backward


def test_struct_names_stay_apart_and_off_the_words_of_cpp(compiler: Compiler) -> None:
    source = """import warp as wp


def make(scale):
    @wp.struct
    class Pair:
        a: float

    @wp.func
    def read(p: Pair):
        return p.a * scale

    return Pair, read


@wp.struct
class union:
    a: float
    b: int


One, read_one = make(2.0)


@wp.kernel
def names(one: One, two: union, out: wp.array(dtype=float)):
    out[0] = read_one(one) + two.a
"""
    [outcome] = compiler.build([Unit("names", source)])
    assert not isinstance(outcome, Refused), outcome
    names = re.findall(r"^struct (\w+)\n", outcome.listing.forward, re.MULTILINE)
    assert len(set(names)) == 2
    assert "union" not in names
