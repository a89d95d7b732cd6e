"""The kinds of sources that a unit can be, and those that are refused because it is not clear which kernel is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ir import Built, Compiler, Refused, Unit, warp_api
from ir.extract import extract
from ir.generation import generate
from ir.records import Target

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from typing import Any\n\nimport warp as wp\n\n\n"
PLAIN = (
    "@wp.kernel{options}\ndef k(xs: wp.array(dtype=float), n: int):\n    i = wp.tid()\n    xs[i] = xs[i] * {factor}\n"
)
FACTORY = (
    "def make(factor):\n"
    "    @wp.kernel\n"
    "    def k(xs: wp.array(dtype=float), n: int):\n"
    "        i = wp.tid()\n"
    "        xs[i] = xs[i] * factor\n\n"
    "    return k\n\n\n"
)
GENERIC = "@wp.kernel\ndef k(xs: wp.array(dtype=Any), n: Any):\n    i = wp.tid()\n    xs[i] = xs[i] + xs[n]\n\n\n"


def built(compiler: Compiler, source: str) -> Built:
    [outcome] = compiler.build([Unit("k", HEAD + source)])
    assert isinstance(outcome, Built), outcome
    return outcome


def refused(compiler: Compiler, source: str) -> str:
    [outcome] = compiler.build([Unit("k", HEAD + source)])
    assert isinstance(outcome, Refused)
    assert outcome.stage == "import"
    return outcome.message


def test_a_kernel_from_a_factory_is_the_kernel_written_out(compiler: Compiler) -> None:
    made = built(compiler, FACTORY + "k = make(2.5)\n")
    plain = built(compiler, PLAIN.format(options="", factor=2.5))
    assert "make" not in re.sub("//.*", "", made.listing.forward)
    assert (made.ir_digest, made.structure_digest) == (plain.ir_digest, plain.structure_digest)


def test_what_a_factory_is_given_tells_kernels_apart(compiler: Compiler) -> None:
    one, two = (built(compiler, FACTORY + f"k = make({value})\n") for value in (2.5, 3.5))
    assert one.ir_digest != two.ir_digest
    assert one.structure_digest == two.structure_digest


@pytest.mark.parametrize(
    "instantiation",
    [
        "wp.overload(k, [wp.array(dtype=wp.vec3), int])\n",
        'wp.overload(k, {"xs": wp.array(dtype=wp.vec3), "n": int})\n',
        "@wp.overload\ndef k(xs: wp.array(dtype=wp.vec3), n: int): ...\n",
    ],
    ids=["list", "names", "decorator"],
)
def test_a_generic_kernel_is_its_one_overload(compiler: Compiler, instantiation: str) -> None:
    generic = built(compiler, GENERIC + instantiation)
    concrete = built(compiler, GENERIC.replace("dtype=Any", "dtype=wp.vec3").replace("n: Any", "n: int"))
    assert (generic.ir_digest, generic.structure_digest) == (concrete.ir_digest, concrete.structure_digest)


@pytest.mark.parametrize(
    "options",
    ['(module="unique")', "(enable_backward=True)", "(launch_bounds=128)", "(grid_stride=False)", "(grid_stride=True)"],
)
def test_options_of_a_kernel(compiler: Compiler, options: str) -> None:
    outcome = built(compiler, PLAIN.format(options=options, factor=2.5))
    assert "k_" + compiler.target.device in outcome.listing.forward
    assert "_kernel_backward(" in outcome.listing.backward


def test_a_module_of_its_own_changes_nothing(compiler: Compiler) -> None:
    unique = built(compiler, PLAIN.format(options='(module="unique")', factor=2.5))
    plain = built(compiler, PLAIN.format(options="", factor=2.5))
    assert unique == plain
    assert not [name for name in warp_api.context().user_modules if name.startswith("k_")]


def test_a_unit_does_not_decide_how_it_is_compiled(compiler: Compiler) -> None:
    options = 'wp.set_module_options({"block_dim": 64, "strip_hash": False, "enable_backward": False})\n\n\n'
    assert built(compiler, options + PLAIN.format(options="", factor=2.5)).listing.backward


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (FACTORY, "found none"),
        (FACTORY + "other = make(2.0)\n", "found make__locals__k"),
        (FACTORY + "k = make(2.0)\nother = make(3.0)\n", "found make__locals__k"),
        (FACTORY + "other = make(3.0)\nk = make(2.0)\n", "found several of one name"),
        (GENERIC, "one overload of k; found 0"),
        (
            GENERIC + "wp.overload(k, [wp.array(dtype=int), int])\nwp.overload(k, [wp.array(dtype=float), int])\n",
            "one overload of k; found 2",
        ),
        (PLAIN.format(options="", factor=2.0) + "\n\nk = 3\n", "found k"),
        (
            PLAIN.format(options='(module="unique")', factor=2.0)
            + "\n\n"
            + PLAIN.format(options="", factor=3.0).replace("def k", "def other"),
            "found k, other",
        ),
    ],
)
def test_a_source_that_leaves_open_which_kernel_is_meant(compiler: Compiler, source: str, found: str) -> None:
    message = refused(compiler, source)
    assert message.startswith("expected exactly one")
    assert message.endswith(found)


def test_functions_of_the_math_libraries_are_declared_in_the_listing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the libraries that are turned off otherwise; the solver of this shape takes 2 s once a machine."""
    source = """import warp as wp


@wp.kernel
def k(a: wp.array2d(dtype=float), b: wp.array(dtype=float)):
    factor = wp.tile_load(a, shape=(8, 8))
    wp.tile_store(b, wp.tile_cholesky_solve(factor, wp.tile_load(b, shape=8)))
"""
    compiler = Compiler(Target("cuda", backward=False), tmp_path)
    without = built(compiler, source.removeprefix("import warp as wp\n"))
    assert 'extern "C" void' not in without.listing.forward
    monkeypatch.setattr(warp_api, "MATH_LIBRARIES", {})
    text = generate(Unit("k", source), compiler.target).text
    declared = re.findall(r'^extern "C" void (\w+)\(.*\);$', extract(text).forward, re.MULTILINE)
    assert declared
    assert all(extract(text).forward.count(name) > 1 for name in declared)
    [one, two] = compiler.build([Unit("k", source), Unit("k", source)])
    assert isinstance(one, Built)
    assert one == two
    assert "potrs" in declared[0]
