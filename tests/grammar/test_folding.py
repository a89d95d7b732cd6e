"""Long lines are broken, and say the same."""

from __future__ import annotations

import ast

import pytest

from grammar.folding import WIDTH, folded

LONG = (
    "some_function(first_argument, second_argument, third_argument) + another_name * values[first_index, second_index]"
)


@pytest.mark.parametrize(
    "code",
    [
        f"total = {LONG}",
        f"total += {LONG} - last",
        f"out[i] = ({LONG})[0]",
        f"return -({LONG})",
        f"wp.atomic_add(total_energy, first_index, {LONG})",
        f"wp.expect_near({LONG}, ({LONG}) / (1.0 + {LONG}), wp.tile_map(wp.max, {LONG}, {LONG}))",
        f"pair = ({LONG}, {LONG})",
        f"total = {LONG} if {LONG} < first_value and second_value > 0.0 else {LONG}",
        f"if {LONG} < {LONG} <= limit:\n    pass",
        f"while not ({LONG} < {LONG} or finished):\n    pass",
        f"for neighbor in wp.hash_grid_query(grid, {LONG}, cutoff):\n    pass",
        f"if flag:\n    x = 1\nelif {LONG} > 2.0:\n    pass",
        f"def f({', '.join(f'parameter_{n}: wp.array(dtype=float)' for n in range(5))}) -> float:\n    return 1.0",
        "wp.overload(f, {" + ", ".join(f"'parameter_{n}': wp.array(dtype=float)" for n in range(5)) + "})",
        f"() < {LONG}",
        f"if flag:\n    for i in range(3):\n        if i > 1:\n            total = {LONG}",
    ],
    ids=lambda code: code[:24],
)
def test_long_lines_are_broken(code: str) -> None:
    assert max(map(len, code.split("\n"))) > WIDTH
    found = folded(code)
    assert max(map(len, found.split("\n"))) <= WIDTH
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(code))


@pytest.mark.parametrize("code", [f"()[{'a' * WIDTH}]", f"{{}}[{'a' * WIDTH}]", f"{'a' * WIDTH}()"])
def test_what_has_no_place_to_break_stays(code: str) -> None:
    assert folded(code) == code


def test_what_fits_stays() -> None:
    code = f"x = {'a' * (WIDTH - 4)}\n\nif x:\n    y = 1\n"
    assert folded(code) == code


def test_operands_of_one_strength_stand_below_each_other() -> None:
    operands = [f"{letter * 30}_term" for letter in "abcd"]
    assert folded(f"x = {' + '.join(operands)}") == "x = (\n    " + "\n    + ".join(operands) + "\n)"


def test_an_argument_needs_no_brackets_of_its_own() -> None:
    operands = [f"{letter * 40}_term" for letter in "abcd"]
    found = folded(f"f(x, {' + '.join(operands)})")
    assert found == "f(\n    x,\n    " + "\n    + ".join(operands) + ",\n)"
