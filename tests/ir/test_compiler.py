from __future__ import annotations

import linecache
import re
import sys
from dataclasses import astuple
from typing import TYPE_CHECKING

import pytest

from ir import Built, Compiler, Refused, Target, Unit, warp_api
from ir.compiler import MODULE_CHARACTERS
from ir.errors import BrokenToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "import warp as wp\n\n\n"
GOOD = Unit(
    "double",
    HEAD + "@wp.kernel\ndef double(xs: wp.array(dtype=float)):\n    i = wp.tid()\n    xs[i] = xs[i] * 2.0\n",
)
BAD = {
    "import": Unit("broken", HEAD + "@wp.kernel\ndef broken(xs: wp.array(dtype=undefined)):\n    xs[0] = 1.0\n"),
    "codegen": Unit("mistyped", HEAD + "@wp.kernel\ndef mistyped(xs: wp.array(dtype=int)):\n    xs[0] = 1.5\n"),
    "native": Unit(
        "mangled",
        HEAD + '@wp.func_native("return no_such_name;")\ndef native(x: float) -> float: ...\n\n\n'
        "@wp.kernel\ndef mangled(xs: wp.array(dtype=float)):\n    xs[0] = native(xs[1])\n",
    ),
}


def test_the_whole_corpus_compiles(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    outcomes = dict(zip(corpus, compiler.build(list(corpus.values())), strict=True))
    assert {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Refused)} == {}


def test_order_changes_nothing(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    units = list(corpus.values())
    assert compiler.build(units[::-1])[::-1] == compiler.build(units)


def test_company_changes_nothing(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    together = compiler.build([corpus["structs"], corpus["functions"], GOOD])
    assert together == [compiler.build([unit])[0] for unit in (corpus["structs"], corpus["functions"], GOOD)]


def test_equal_units_and_equal_names_live_side_by_side(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    unit = corpus["structs"]
    other = Unit(unit.kernel_name, unit.source.replace("weight + 1.0", "weight - 1.0"))
    first, second, third = compiler.build([unit, other, unit])
    assert isinstance(first, Built)
    assert isinstance(second, Built)
    assert first == third
    assert first.listing != second.listing


def test_no_units(compiler: Compiler) -> None:
    assert compiler.build([]) == []


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_adjoint_is_there_when_asked_for(
    compiler_for: Callable[..., Compiler], device: str, backward: bool, corpus: dict[str, Unit]
) -> None:
    for unit, outcome in zip(
        corpus.values(), compiler_for(device, backward=backward).build(list(corpus.values())), strict=True
    ):
        expected = backward and "enable_backward=False" not in unit.source
        assert isinstance(outcome, Built)
        assert ("_kernel_backward(" in outcome.listing.backward) == expected
        assert bool(outcome.listing.backward) == expected
        assert "_kernel_backward(" not in outcome.listing.forward


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_forward_digests_do_not_depend_on_the_adjoint(
    compiler_for: Callable[..., Compiler], device: str, corpus: dict[str, Unit]
) -> None:
    def digests(*, backward: bool) -> list[tuple[str, str]]:
        modules = [compiler_for(device, backward=backward).generate(unit) for unit in corpus.values()]
        assert not any(isinstance(module, Refused) for module in modules)
        return [(m.built.ir_digest, m.built.structure_digest) for m in modules if not isinstance(m, Refused)]

    assert digests(backward=True) == digests(backward=False)


def test_refusals_hit_the_guilty_alone(compiler: Compiler, corpus: dict[str, Unit]) -> None:
    good = [corpus["control"], GOOD, corpus["linear"]]
    expected = compiler.build(good)
    *refused, first, second, third = compiler.build([*BAD.values(), *good])
    assert [first, second, third] == expected
    assert [outcome.stage for outcome in refused if isinstance(outcome, Refused)] == list(BAD)


REASSIGNED = Unit(
    "reassigned",
    HEAD + "@wp.kernel\ndef reassigned(xs: wp.array(dtype=float)):\n    for i in range(2):\n"
    "        pair = (xs[i], xs[i])\n        xs[i] = pair[0]\n",
)
"""Warp's message says where in memory it has the two types of tuple (corpus: tuple_reassigned)."""


def test_a_refusal_says_the_same_in_any_company_and_folder(compiler: Compiler, tmp_path: Path) -> None:
    units = [*BAD.values(), REASSIGNED]
    alone = [compiler.build([unit])[0] for unit in units]
    elsewhere = Compiler(compiler.target, tmp_path / "elsewhere")
    _, *crowded = elsewhere.build([GOOD, *units])
    assert crowded == alone
    for outcome in alone:
        assert isinstance(outcome, Refused)
        assert not re.search(r"(?<![\w.])/(?:\w[\w.-]*/)+", outcome.message), outcome.message
        assert "recompiled header" not in outcome.message


def test_refusals_speak_in_the_compilers_words(compiler: Compiler) -> None:
    said = {stage: outcome.message for stage, outcome in zip(BAD, compiler.build(list(BAD.values())), strict=True)}
    assert said["import"] == "NameError: name 'undefined' is not defined"
    assert "mistyped.py:6" in said["codegen"]
    assert "array_store() value argument type (float32)" in said["codegen"]
    assert "no_such_name" in said["native"]
    assert re.search(r"mangled\.(cpp|cu)", said["native"])


@pytest.mark.parametrize(
    "source",
    [
        "import warp as wp\n",
        HEAD + "@wp.kernel\ndef other(xs: wp.array(dtype=float)):\n    xs[0] = 1.0\n",
        GOOD.source + GOOD.source.removeprefix(HEAD).replace("double", "again"),
        "import warp as wp\nraise SystemError\n",
        "import sys\nsys.exit(3)\n",
        "def double(:\n",
    ],
)
def test_a_source_without_exactly_its_kernel_is_refused(compiler: Compiler, source: str) -> None:
    [outcome] = compiler.build([Unit("double", source)])
    assert isinstance(outcome, Refused)
    assert outcome.stage == "import"


def test_nothing_is_kept_after_a_build(compiler: Compiler, corpus: dict[str, Unit], tmp_path: Path) -> None:
    import warp

    def held() -> list[object]:
        context = warp._src.context
        return [
            sorted(linecache.cache),
            sorted(sys.modules),
            sorted(context.user_modules),
            dict(context.function_key_counts),
        ]

    fresh = Compiler(compiler.target, tmp_path)
    fresh.generate(corpus["functions"])  # what is imported once
    before = held()
    fresh.build([corpus["structs"], corpus["functions"], *BAD.values()])
    assert held() == before
    assert [path.name for path in tmp_path.iterdir()] == ["headers"]


def test_output_of_the_compilers_is_swallowed(compiler: Compiler, capfd: pytest.CaptureFixture[str]) -> None:
    compiler.build([GOOD, *BAD.values()])
    assert capfd.readouterr() == ("", "")


def test_timings_only_grow(compiler: Compiler) -> None:
    before = compiler.timings
    compiler.build([GOOD])
    assert all(now > then for now, then in zip(astuple(compiler.timings), astuple(before), strict=True))


def test_a_compiler_that_refuses_everything_is_broken(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **_named: object) -> None:
        raise warp_api.NativeError("No space left on device", frozenset())

    monkeypatch.setattr(warp_api, f"compile_{compiler.target.device}", full)
    with pytest.raises(BrokenToolchainError, match="No space left"):
        compiler.build([GOOD, GOOD])


def test_a_compiler_that_writes_nothing_is_broken(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warp_api, f"compile_{compiler.target.device}", lambda *_, **_named: None)
    with pytest.raises(BrokenToolchainError, match="wrote no"):
        compiler.build([GOOD])


def test_a_kernel_missing_from_the_output_is_noticed(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(warp_api, f"compile_{compiler.target.device}")

    def forgetful(source: Path, *rest: object, **named: object) -> None:
        text, cut, _ = source.read_text().partition("namespace unit_1 {")
        source.write_text(text + cut + "}")
        real(source, *rest, **named)

    monkeypatch.setattr(warp_api, f"compile_{compiler.target.device}", forgetful)
    with pytest.raises(BrokenToolchainError, match="double_1 is not in its output"):
        compiler.build([GOOD, GOOD])


def test_an_architecture_reaches_the_ptx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = warp_api.compile_cuda

    def watch(source: Path, output: Path, *rest: object) -> None:
        real(source, output, *rest)
        seen.append(output.read_text(errors="replace"))

    monkeypatch.setattr(warp_api, "compile_cuda", watch)
    Compiler(Target("cuda", arch=80), tmp_path).build([GOOD])
    assert ".target sm_80" in seen[0]
    assert ".entry double_cuda_kernel_backward(" in seen[0]


def test_describe_compile_is_plain_and_machine_independent(compiler: Compiler) -> None:
    described = compiler.describe_compile()
    assert described["backward"] is True
    assert all(isinstance(value, (str, int)) for value in described.values())
    assert "/" not in repr(described)
    assert "native" not in repr(described)


def test_large_modules_are_cut_into_several_compiles(compiler_for, corpus, monkeypatch):
    """Which is seen by nobody: also where one of the kernels is refused."""
    compiler = compiler_for("cuda")
    units = [*corpus.values(), *BAD.values()]
    expected = compiler.build(units)
    compiled = []
    run_native = Compiler._run_native
    monkeypatch.setattr(
        Compiler, "_run_native", lambda self, name, *rest: (compiled.append(name), run_native(self, name, *rest))
    )
    monkeypatch.setitem(MODULE_CHARACTERS, "cuda", 1)
    assert compiler.build(units) == expected
    assert "batch" not in compiled
    monkeypatch.setitem(MODULE_CHARACTERS, "cuda", 100_000)
    assert compiler.build(units) == expected
    assert compiled.count("batch") > 1
