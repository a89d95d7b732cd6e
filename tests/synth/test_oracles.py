"""Oracles: what they say of a stand-in for a compiled kernel that gives what the reference gives, or something else."""

# ruff: noqa: E501  # tables: a row is a line
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from written import inputs_of, written

from grammar.differentiable import OWN, SECOND
from grammar.inputs import Inputs
from grammar.reference.machine import Machine
from grammar.reference.run import Reference
from grammar.term import Kernel
from ir.records import Built, Listing, Refused
from synth.oracles.gradient import judge_gradient
from synth.oracles.levels import judge_levels
from synth.oracles.reference import first_difference, judge_reference, same
from synth.oracles.subject import Subject
from synth.oracles.twins import judge_twins
from synth.oracles.verdict import DEFINEDNESS, Agrees, Disagrees, Skipped, Verdict, taken_together

Arrays = dict[str, Any]


def as_they_are(arrays: Arrays) -> Arrays:
    return arrays


@dataclass
class StandIn:
    """A program that gives what the reference gives, changed; its gradients are central differences, changed."""

    kernel: Kernel
    source: str
    change: Callable[[Arrays], Arrays] = as_they_are
    change_gradients: Callable[[Arrays], Arrays] = as_they_are
    has_adjoint: bool = True
    launches: list[tuple[int, ...]] = field(default_factory=list)

    def run(self, dim: tuple[int, ...], arguments: Mapping[str, Any]) -> Arrays:
        self.launches.append(dim)
        return self.change(Reference(self.kernel, self.source).run(Inputs(dim, dict(arguments))))

    def adjoint(self, dim: tuple[int, ...], arguments: Mapping[str, Any], cotangents: Mapping[str, Any]) -> Arrays:
        reference = Reference(self.kernel, self.source)

        def weighed(given: Mapping[str, Any]) -> float:
            after = reference.run(Inputs(dim, dict(given)), Machine(double=True))
            return sum(float((after[name] * weight.astype(np.float64)).sum()) for name, weight in cotangents.items())

        found: Arrays = {}
        for symbol in self.kernel.parameters:
            if symbol.role != "read":
                continue
            value = arguments[symbol.name].astype(np.float64)
            found[symbol.name] = np.zeros(value.shape, arguments[symbol.name].dtype)
            for place in np.ndindex(*value.shape):
                step = np.zeros(value.shape)
                step[place] = 1e-5
                up, down = (weighed({**arguments, symbol.name: value + way}) for way in (step, -step))
                found[symbol.name][place] = (up - down) / 2e-5
        return self.change_gradients(found)


def subject(source: str, dim: int = 3, /, *, given: Mapping[str, Any], **changes: Any) -> tuple[Subject, StandIn]:
    """A kernel's text with one launch, and the program that stands in."""
    kernel, text = written(source)
    program = StandIn(kernel, text, **changes)
    return Subject(kernel, text, Reference(kernel, text), program, (inputs_of(kernel, dim, **given),)), program


def ulps(name: str, count: int, places: Any = ...) -> Callable[[Arrays], Arrays]:
    """A change of an array by some units in the last place, upwards."""

    def change(arrays: Arrays) -> Arrays:
        moved = arrays[name].copy()
        for _ in range(count):
            moved[places] = np.nextafter(moved[places], np.float32(math.inf))
        return {**arrays, name: moved}

    return change


def times(name: str, factor: float | list[float]) -> Callable[[Arrays], Arrays]:
    return lambda arrays: {**arrays, name: (arrays[name] * np.asarray(factor)).astype(arrays[name].dtype)}


EXACT = """
@wp.kernel
def exact(x: wp.array(dtype=float), out: wp.array(dtype=float), out_count: wp.array(dtype=int)):
    i = wp.tid()
    out[i] = wp.sqrt(x[i]) / 3.0 + 0.1
    wp.atomic_add(out_count, 0, i)
"""
SINE = """
@wp.kernel
def sine(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = wp.sin(x[i])
"""
X = [0.3, 0.7, 1.1]
THREE = [0.0, 0.0, 0.0]
OF_EXACT = {"x": X, "out": THREE, "out_count": [0]}
OF_SINE = {"x": X, "out": THREE}


# --- the reference oracle --------------------------------------------------------------------------------------------


def test_the_reference_agrees_with_itself() -> None:
    assert judge_reference(subject(EXACT, given=OF_EXACT)[0]) == Agrees(exact=True)
    assert judge_reference(subject(SINE, given=OF_SINE)[0]) == Agrees(exact=False)


@pytest.mark.parametrize("place", range(3))
def test_one_unit_in_the_last_place_of_an_exact_kernel_is_seen(place: int) -> None:
    verdict = judge_reference(subject(EXACT, given=OF_EXACT, change=ulps("out", 1, place))[0])
    assert isinstance(verdict, Disagrees)
    assert verdict.how.startswith(f"out[{place}] is ")
    assert {"inputs", "found", "expected"} <= verdict.details.keys()


def test_one_more_is_seen() -> None:
    def change(arrays: Arrays) -> Arrays:
        return {**arrays, "out_count": arrays["out_count"] + np.int32(1)}

    verdict = judge_reference(subject(EXACT, given=OF_EXACT, change=change)[0])
    assert isinstance(verdict, Disagrees)
    assert verdict.how == "out_count[0] is 4, expected 3"


def test_an_input_that_changes_is_seen() -> None:
    assert isinstance(judge_reference(subject(EXACT, given=OF_EXACT, change=ulps("x", 1))[0]), Disagrees)


@pytest.mark.parametrize("change", [lambda a: a[:2], lambda a: a.astype(np.float64)])
def test_an_array_of_another_form_is_seen(change: Callable[[Any], Any]) -> None:
    for source, given in ((EXACT, OF_EXACT), (SINE, OF_SINE)):
        stood_in = subject(source, given=given, change=lambda arrays: {**arrays, "out": change(arrays["out"])})[0]
        assert isinstance(judge_reference(stood_in), Disagrees)


@pytest.mark.parametrize("count", [1, 2])
def test_the_stated_error_of_a_function_is_allowed(count: int) -> None:
    """Of sin, one unit in the last place, and one for the rounding."""
    assert judge_reference(subject(SINE, given=OF_SINE, change=ulps("out", count))[0]) == Agrees()


@pytest.mark.parametrize("place", range(3))
def test_ten_times_the_stated_error_is_not(place: int) -> None:
    verdict = judge_reference(subject(SINE, given=OF_SINE, change=ulps("out", 20, place))[0])
    assert isinstance(verdict, Disagrees)
    assert verdict.details["spread"] > 0.0


def test_errors_grow_as_they_do_in_the_kernel() -> None:
    """What sin may be off by, times a hundred, is allowed in the difference of two sines."""
    source = SINE.replace("wp.sin(x[i])", "100.0 * wp.sin(x[i]) - 100.0 * wp.sin(x[i] + 0.001)")
    near = subject(source, given=OF_SINE, change=ulps("out", 40))[0]
    far = subject(source, given=OF_SINE, change=times("out", 1.001))[0]
    assert judge_reference(near) == Agrees()
    assert isinstance(judge_reference(far), Disagrees)


ROUNDING = {
    "a fraction": ("@wp.kernel\ndef k(x: wp.array(dtype=float), out: wp.array(dtype=float)):\n"
    "    i = wp.tid()\n    y = wp.sin(x[i]) * 1.0e7\n    out[i] = y - wp.floor(y / 10.0) * 10.0"),
    "a whole number": ("@wp.kernel\ndef k(x: wp.array(dtype=float), out: wp.array(dtype=int)):\n"
    "    i = wp.tid()\n    out[i] = int(wp.floor(wp.sin(x[i]) * 1.0e7))"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROUNDING)
def test_what_depends_on_rounding_is_skipped(name: str) -> None:
    def change(arrays: Arrays) -> Arrays:
        return {**arrays, "out": arrays["out"] + arrays["out"].dtype.type(1)}

    stood_in = subject(ROUNDING[name], given=OF_SINE, change=change)[0]
    assert judge_reference(stood_in) == Skipped("it depends on rounding")


def test_what_depends_on_rounding_but_here_and_there_is_compared() -> None:
    """One element of three is left to chance; of the others each has to be right."""
    source = """
@wp.kernel
def k(x: wp.array(dtype=float), out: wp.array(dtype=int)):
    i = wp.tid()
    out[i] = i
    if i == 1:
        out[i] = int(wp.sin(x[i]) * 1.0e7)
"""

    def plus(place: int) -> Callable[[Arrays], Arrays]:
        return lambda arrays: {**arrays, "out": arrays["out"] + np.eye(3, dtype=np.int32)[place]}

    assert judge_reference(subject(source, given=OF_SINE, change=plus(1))[0]) == Agrees()
    assert isinstance(judge_reference(subject(source, given=OF_SINE, change=plus(2))[0]), Disagrees)


WITHOUT = {
    "out[i] = 1.0 / float(1 / (i - i))": "undefined: ",
    "out[i] = wp.unknown(x[i])": "no reference: ",
}


@pytest.mark.parametrize("statement", WITHOUT)
def test_what_is_undefined_or_without_reference_is_skipped_and_not_launched(statement: str) -> None:
    stood_in, program = subject(SINE.replace("out[i] = wp.sin(x[i])", statement), given=OF_SINE)
    verdict = judge_reference(stood_in)
    assert isinstance(verdict, Skipped)
    assert verdict.why.startswith(WITHOUT[statement])
    assert not program.launches


def test_what_leaves_its_arrays_fails_and_is_not_launched() -> None:
    stood_in, program = subject(SINE.replace("out[i]", "out[i + 1]"), given=OF_SINE)
    verdict = judge_reference(stood_in)
    assert isinstance(verdict, Disagrees)
    assert (verdict.judge, verdict.how) == (DEFINEDNESS, "index 3 into an axis of 3")
    assert not program.launches


def test_an_empty_launch_says_nothing() -> None:
    stood_in, program = subject(SINE, 0, given={"x": [], "out": []})
    assert judge_reference(stood_in) == Skipped("there is nothing to run")
    assert not program.launches


def test_nothing_but_equal_is_the_same() -> None:
    values = np.array([0.0, -0.0, math.nan, 1.0], np.float32)
    assert same(values, values[[1, 0, 2, 3]]).all()
    assert same(values, values[[0, 0, 3, 3]]).tolist() == [True, True, False, True]
    assert first_difference({"a": values}, {"a": values.copy()}) == ""
    assert first_difference({"a": values[3:]}, {"a": values[:1]}) == "a[0] is 1.0, expected 0.0"


VERDICTS: list[tuple[list[Verdict], Verdict]] = [
    ([], Skipped("there is nothing to run")),
    ([Agrees(exact=True), Agrees(exact=True)], Agrees(exact=True)),
    ([Agrees(exact=True), Agrees()], Agrees()),
    ([Agrees(exact=True), Skipped("a")], Agrees()),
    ([Skipped("a"), Skipped("b")], Skipped("a")),
    ([Agrees(), Skipped("a"), Disagrees("b"), Disagrees("c")], Disagrees("b")),
]


@pytest.mark.parametrize(("verdicts", "expected"), VERDICTS)
def test_verdicts_are_taken_together(verdicts: list[Verdict], expected: Verdict) -> None:
    assert taken_together(verdicts) == expected


# --- twins and levels ------------------------------------------------------------------------------------------------


def built(program: StandIn) -> Built:
    return Built(Listing("", ""), "", "", program)  # type: ignore[arg-type]  # it stands in


def test_twins_and_levels_are_compared_in_every_bit() -> None:
    stood_in, program = subject(SINE, given=OF_SINE)
    other = StandIn(program.kernel, program.source, ulps("out", 1, 2))
    assert judge_twins(stood_in, [("renamed", "", built(program))]) == Agrees(exact=True)
    assert judge_levels(stood_in, {"optimised": built(program)}) == Agrees(exact=True)
    for verdict in (
        judge_twins(stood_in, [("renamed", "", built(other))]),
        judge_levels(stood_in, {"optimised": built(program), "bare": built(other)}),
    ):
        assert isinstance(verdict, Disagrees)
        assert "out[2] is " in verdict.how


def test_what_is_refused_in_other_words_disagrees() -> None:
    stood_in, program = subject(SINE, given=OF_SINE)
    refused = Refused("codegen", "no")
    twins = judge_twins(stood_in, [("renamed", "", built(program)), ("guarded", "text", refused)])
    assert twins == Disagrees("guarded, it is refused, codegen: no", {"twin": "text"})
    assert isinstance(judge_levels(stood_in, {"optimised": refused}), Disagrees)
    assert judge_twins(stood_in, []) == Skipped("it has no twin")


def test_twins_of_what_is_undefined_are_not_launched() -> None:
    stood_in, program = subject(SINE.replace("x[i]", "float(1 / (i - i))"), given=OF_SINE)
    for verdict in (
        judge_twins(stood_in, [("renamed", "", built(program))]),
        judge_levels(stood_in, {"optimised": built(program)}),
    ):
        assert isinstance(verdict, Skipped)
    assert not program.launches


# --- the gradient oracle ---------------------------------------------------------------------------------------------

SMOOTH = """
@wp.kernel
def smooth(x: wp.array(dtype=float), v: wp.array(dtype=wp.vec2), scale: float, n: wp.array(dtype=int),
           out: wp.array(dtype=float), out_sum: wp.array(dtype=wp.vec2)):
    i = wp.tid()
    out[i] = scale * wp.sin(x[i]) * v[i][0] + x[i] * x[i]
    wp.atomic_add(out_sum, 0, v[i] * x[n[i]])
"""
OF_SMOOTH: Mapping[str, Any] = {
    "x": X,
    "v": [[0.5, 0.25], [1.5, -0.75], [1.25, 2.0]],
    "scale": 1.5,
    "n": [2, 0, 0],
    "out": THREE,
    "out_sum": [[0.0, 0.0]],
}


def test_a_derivative_by_differences_agrees() -> None:
    stood_in, _ = subject(SMOOTH, given=OF_SMOOTH)
    verdict, adjoint = judge_gradient(stood_in)
    assert verdict == Agrees()
    assert adjoint is not None
    assert adjoint.cotangents.keys() == {"out", "out_sum"}
    assert {name for name, gradient in adjoint.gradients.items() if gradient.any()} == {"x", "v"}


def test_the_derivative_of_a_sine_is_a_cosine() -> None:
    """Not by differences: by the book, in float32."""
    stood_in, _ = subject(SINE, given=OF_SINE)

    class Cosine(StandIn):
        def adjoint(self, _dim: Any, arguments: Mapping[str, Any], cotangents: Mapping[str, Any]) -> Arrays:
            return {"x": np.cos(arguments["x"]) * cotangents["out"]}

    class Sine(StandIn):
        def adjoint(self, _dim: Any, arguments: Mapping[str, Any], cotangents: Mapping[str, Any]) -> Arrays:
            return {"x": np.sin(arguments["x"]) * cotangents["out"]}

    for kind, expected in ((Cosine, Agrees), (Sine, Disagrees)):
        program = kind(stood_in.kernel, stood_in.source)
        verdict, _ = judge_gradient(
            Subject(stood_in.kernel, stood_in.source, stood_in.reference, program, stood_in.launches)
        )
        assert isinstance(verdict, expected)


@pytest.mark.parametrize("name", ["x", "v"])
@pytest.mark.parametrize("factor", [0.99, 1.01, 0.0, -1.0])
def test_an_adjoint_off_by_one_percent_disagrees(name: str, factor: float) -> None:
    verdict, adjoint = judge_gradient(subject(SMOOTH, given=OF_SMOOTH, change_gradients=times(name, factor))[0])
    assert isinstance(verdict, Disagrees), verdict
    assert adjoint is not None
    assert {"inputs", "direction", "expected", "tolerance"} <= verdict.details.keys()


HELD = """
@wp.struct
class View:
    values: wp.array(dtype=float)
    scale: float


@wp.kernel
def scaled(view: View, out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = view.values[i] * view.scale
"""


@dataclass
class Scaled(StandIn):
    """The adjoint of `scaled`, times a factor."""

    factor: float = 1.0

    def adjoint(self, _dim: Any, arguments: Mapping[str, Any], cotangents: Mapping[str, Any]) -> Arrays:
        return {"view": {"values": cotangents["out"] * arguments["view"]["scale"] * self.factor, "scale": None}}


@pytest.mark.parametrize(("factor", "expected"), [(1.0, Agrees), (0.5, Disagrees)])
def test_arrays_that_a_struct_holds_have_gradients(factor: float, expected: type[Verdict]) -> None:
    kernel, text = written(HELD)
    view = {"values": np.array(X, np.float32), "scale": np.array(1.5, np.float32)}
    inputs = Inputs((3,), {"view": view, "out": np.zeros(3, np.float32)})
    program = Scaled(kernel, text, factor=np.float32(factor))
    verdict, adjoint = judge_gradient(Subject(kernel, text, Reference(kernel, text), program, (inputs,)))
    assert isinstance(verdict, expected), verdict
    assert adjoint is not None


@pytest.mark.parametrize(
    ("start", "expected"), [(0.1, Skipped("rounding decides what it does")), (0.2, Disagrees)], ids=["a tie", "no tie"]
)
def test_a_branch_that_rounding_decides_is_not_compared(start: float, expected: Verdict | type[Verdict]) -> None:
    """Three times 0.1 is above 0.3 in float64 only."""
    branch = f"wp.where({start} * 3.0 > 0.3, 5.0 * x[i], x[i])"
    other = subject(SINE.replace("wp.sin(x[i])", branch), given=OF_SINE, change_gradients=times("x", 0.2))[0]
    verdict, _ = judge_gradient(other)
    assert verdict == expected or (isinstance(expected, type) and isinstance(verdict, expected)), verdict


def test_an_adjoint_off_by_rounding_agrees() -> None:
    assert judge_gradient(subject(SMOOTH, given=OF_SMOOTH, change_gradients=times("x", 1.0 + 1e-7))[0])[0] == Agrees()


def test_an_adjoint_of_one_side_of_a_kink_is_not_compared() -> None:
    kink, given = SINE.replace("wp.sin(x[i])", "wp.max(x[i], 0.5)"), {"x": [0.5, 0.7, 1.1], "out": THREE}
    verdict, _ = judge_gradient(subject(kink, given=given, change_gradients=times("x", [2.0, 1.0, 1.0]))[0])
    assert verdict == Skipped("there is a kink at the inputs")
    verdict, _ = judge_gradient(subject(kink, given={**given, "x": X}, change_gradients=times("x", [1.0, 2.0, 1.0]))[0])
    assert isinstance(verdict, Disagrees), verdict


INAPPLICABLE: dict[str, tuple[str, Mapping[str, Any], str]] = {
    "no adjoint": (SINE, {"has_adjoint": False}, "it has no adjoint"),
    "no floats in": (SINE.replace("x: wp.array(dtype=float)", "x: float").replace("x[i]", "x"), {}, "no array of floats goes in"),
    "no floats out": (SINE.replace("out: wp.array(dtype=float)", "out: wp.array(dtype=int)").replace("wp.sin(x[i])", "int(x[i])"), {}, "no array of floats comes out"),
    "its own adjoint": (SINE + "\n# wp.func_grad\n", {}, OWN),
    "no second derivative": (SINE.replace("wp.sin(", "wp.grad(wp.sin)("), {}, SECOND),
    "no reference": (SINE.replace("wp.sin(", "wp.unknown("), {}, "no reference"),
    "undefined": (SINE.replace("x[i])", "x[i] / float(1 / (i - i)))"), {}, "no reference"),
    "not finite": (SINE.replace("wp.sin(x[i])", "wp.log(x[i] - x[i])"), {}, "it is not finite"),
    "a jump": (SINE.replace("wp.sin(x[i])", "wp.floor(x[i] * 1.0e6)"), {}, "two step sizes disagree"),
}  # fmt: skip


@pytest.mark.parametrize("name", INAPPLICABLE)
def test_what_has_no_derivative_to_compare_is_skipped(name: str) -> None:
    source, changes, why = INAPPLICABLE[name]
    given = OF_SINE if "x: float" not in source else {"x": 0.5, "out": THREE}
    verdict, adjoint = judge_gradient(subject(source, given=given, **changes)[0])
    assert isinstance(verdict, Skipped), verdict
    assert verdict.why.startswith(why)
    assert adjoint is None


def test_what_is_ill_conditioned_is_skipped() -> None:
    """An adjoint that inputs off by a unit in the last place change altogether."""
    drawn = np.random.default_rng(0)

    def shaken(arrays: Arrays) -> Arrays:
        return {name: array * drawn.uniform(0.5, 1.5, array.shape) for name, array in arrays.items()}

    assert judge_gradient(subject(SINE, given=OF_SINE, change_gradients=shaken)[0])[0] == Skipped(
        "it is ill-conditioned"
    )


class Absorbing(StandIn):
    """An adjoint that loses what is small against what the first weight makes it add and take away again."""

    def adjoint(self, _dim: Any, arguments: Mapping[str, Any], cotangents: Mapping[str, Any]) -> Arrays:
        weights, large = cotangents["out"], np.float32(1e8) * cotangents["out"][0]
        return {"x": (np.cos(arguments["x"]) * weights + large) - large}


def test_what_large_terms_absorb_is_ill_conditioned() -> None:
    kernel, text = written(SINE)
    program, inputs = Absorbing(kernel, text), inputs_of(kernel, 3, **OF_SINE)
    verdict, _ = judge_gradient(Subject(kernel, text, Reference(kernel, text), program, (inputs,)))
    assert verdict == Skipped("it is ill-conditioned")
