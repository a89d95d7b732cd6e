"""A description is one true sentence: each claim is checked against the text of the kernel, both ways."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from reading import Reading, builtin, builtins, calls
from sampled import Sampled

from grammar.description import describe, listed

LOOPS = (ast.For, ast.While)
DIMENSIONS = {"one": 1, "two": 2, "three": 3}
ATOMICS = {
    "atomic_add": "atomically adds to",
    "atomic_sub": "atomically subtracts from",
    "atomic_max": "takes the atomic maximum into",
    "atomic_min": "takes the atomic minimum into",
    "atomic_and": "atomically masks",
    "atomic_or": "atomically merges bits into",
    "atomic_xor": "atomically flips bits in",
}


@pytest.fixture(scope="module")
def described(samples: tuple[Sampled, ...]) -> list[tuple[str, Reading]]:
    return [(describe(sample.kernel), Reading(sample.tree)) for sample in samples[:1_200]]


def nodes(reading: Reading) -> Iterator[ast.AST]:
    for definition in reading.definitions:
        for statement in definition.body:
            yield from ast.walk(statement)


def loaded(reading: Reading) -> set[str]:
    """The arrays that the kernel reads elements of, and the others whose size it asks for."""
    sized = {
        node.value.id
        for node in nodes(reading)
        if isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(node.value, ast.Name)
    }
    updated = {id(node.target) for node in nodes(reading) if isinstance(node, ast.AugAssign)}
    return (sized - reading.outputs) | {
        node.value.id
        for node in nodes(reading)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id in reading.arrays
        and isinstance(node.ctx, ast.Load)
        and id(node) not in updated
    }


def named(text: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)`", text))


def part(text: str, begins: str, ends: str) -> str:
    found = re.search(f"{begins}(.*?)(?:{ends})", text)
    return found.group(1) if found else ""


def stores(reading: Reading, kind: type[ast.Assign | ast.AugAssign]) -> set[str]:
    targets = (
        target
        for node in ast.walk(reading.kernel)
        if isinstance(node, kind)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
    return {
        target.value.id
        for target in targets
        if isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id in reading.arrays
    }


def may_branch(reading: Reading) -> bool:
    return any(isinstance(node, ast.If | ast.IfExp) for node in nodes(reading))


def surely_branches(reading: Reading) -> bool:
    """Beyond what a kernel begins with: a guard against surplus threads or at the borders is no branch to speak of."""
    first = [
        node for node in reading.kernel.body[1:3] if isinstance(node, ast.If) and isinstance(node.body[0], ast.Return)
    ]
    return any(isinstance(node, ast.If | ast.IfExp) and node not in first for node in nodes(reading))


def nested_loops(reading: Reading) -> bool:
    loops = (node for node in ast.walk(reading.kernel) if isinstance(node, LOOPS))
    return any(isinstance(inner, LOOPS) for loop in loops for top in loop.body for inner in ast.walk(top))


def follows(reading: Reading) -> bool:
    """An index that was itself read from an array, or a loop between two elements of one."""
    read = {
        node.targets[0].id
        for node in ast.walk(reading.kernel)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id in reading.arrays
    }
    for node in nodes(reading):
        if isinstance(node, ast.For) and any(isinstance(inner, ast.Subscript) for inner in ast.walk(node.iter)):
            return True
        places = [node.slice] if isinstance(node, ast.Subscript) else []
        if isinstance(node, ast.Call) and builtin(node).startswith("atomic_"):
            places = node.args[1:-1]
        for place in places:
            for inner in ast.walk(place):
                if isinstance(inner, ast.Subscript) or (isinstance(inner, ast.Name) and inner.id in read):
                    return True
    return False


def looks_around(reading: Reading) -> bool:
    bounds = {id(inner) for node in nodes(reading) if isinstance(node, ast.For) for inner in ast.walk(node.iter)}
    return any(
        isinstance(node, ast.Subscript)
        and id(node) not in bounds
        and any(
            isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub) for inner in ast.walk(node.slice)
        )
        for node in nodes(reading)
    )


# Each claim with the words that make it, and what makes it true.
CLAIMS: dict[str, tuple[Callable[[str], bool], Callable[[Reading], bool]]] = {
    "loops": (lambda text: " loops" in text, lambda reading: any(isinstance(node, LOOPS) for node in nodes(reading))),
    "nested": (lambda text: "nested loops" in text, nested_loops),
    "stencil": (lambda text: "looks at neighbouring elements" in text, looks_around),
    "struct": (lambda text: " struct" in text, lambda reading: bool(reading.structs)),
    "calls": (lambda text: " calls `" in text, lambda reading: bool(reading.functions)),
    "reads": (lambda text: " reads `" in text, lambda reading: bool(loaded(reading))),
    "updates": (lambda text: " updates `" in text, lambda reading: bool(stores(reading, ast.AugAssign))),
    "writes": (lambda text: " writes `" in text, lambda reading: bool(stores(reading, ast.Assign))),
    **{
        name: (
            lambda text, words=words: words in text,  # type: ignore[misc]
            lambda reading, name=name: name in builtins(reading.kernel),  # type: ignore[misc]
        )
        for name, words in ATOMICS.items()
    },
}


def test_one_sentence(described: list[tuple[str, Reading]]) -> None:
    for text, _ in described:
        assert re.fullmatch(r"A [^\n]*\.", text), text
        assert ". " not in text, text
        assert "  " not in text, text
        assert ",," not in text, text
        assert text.isascii(), text


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_true_and_made_where_they_are(claim: str, described: list[tuple[str, Reading]]) -> None:
    said, holds = CLAIMS[claim]
    wrong = [(text, reading) for text, reading in described if said(text) != holds(reading)]
    shortest = min(wrong, key=lambda pair: len(ast.unparse(pair[1].tree)), default=None)
    assert shortest is None, f"{len(wrong)} of {len(described)}: {shortest[0]}\n{ast.unparse(shortest[1].tree)}"
    assert any(said(text) for text, _ in described), "a claim that nothing makes"


def test_branches_are_told_of(described: list[tuple[str, Reading]]) -> None:
    for text, reading in described:
        assert surely_branches(reading) <= (" branches" in text) <= may_branch(reading), (
            f"{text}\n{ast.unparse(reading.tree)}"
        )


def test_following_indices_is_true(described: list[tuple[str, Reading]]) -> None:
    wrong = [(text, reading) for text, reading in described if "follows indices" in text and not follows(reading)]
    shortest = min(wrong, key=lambda pair: len(pair[0]), default=None)
    assert shortest is None, f"{len(wrong)} of {len(described)}: {shortest[0]}\n{ast.unparse(shortest[1].tree)}"


def test_dimensions(described: list[tuple[str, Reading]]) -> None:
    for text, reading in described:
        (tid,) = [
            node
            for node in reading.kernel.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and builtin(node.value) == "tid"
        ]
        target = tid.targets[0]
        rank = len(target.elts) if isinstance(target, ast.Tuple) else 1
        assert DIMENSIONS[part(text, "A ", "-dimensional launch")] == rank


def counted(text: str, words: str) -> tuple[set[str], int]:
    """The arrays listed after some words, and how many more are only counted."""
    found = re.search(rf"{words} ((?:`\w+`(?:, | and )?)+)(?:(\d+) other arrays?)?", text)
    return (named(found.group(1)), int(found.group(2) or 0)) if found else (set(), 0)


def check_list(text: str, words: str, expected: set[str], source: ast.Module) -> None:
    """A list names arrays that it is true of, and tells how many it leaves out."""
    names, more = counted(text, words)
    assert names <= expected, f"{names - expected}: {text}\n{ast.unparse(source)}"
    assert len(names) + more == len(expected), f"{expected - names} in {words}: {text}\n{ast.unparse(source)}"
    assert more == 0 or len(names) >= 3, f"a long list names a few: {text}"


def test_outputs_are_named(described: list[tuple[str, Reading]]) -> None:
    for text, reading in described:
        assert reading.outputs
        check_list(text, " writes", stores(reading, ast.Assign), reading.tree)
        check_list(text, " updates", stores(reading, ast.AugAssign), reading.tree)
        for name, words in ATOMICS.items():
            updated = {
                call.args[0].id
                for call in calls(reading.kernel)
                if builtin(call) == name and isinstance(call.args[0], ast.Name)
            }
            check_list(text, words, updated, reading.tree)


def test_what_is_read_is_named(described: list[tuple[str, Reading]]) -> None:
    for text, reading in described:
        check_list(text, "launch reads", loaded(reading), reading.tree)


def test_every_name_is_the_kernels(described: list[tuple[str, Reading]]) -> None:
    for text, reading in described:
        functions = {function.name for function in reading.functions}
        structs = {struct.name for struct in reading.structs}
        for name in named(text):
            if name.startswith("wp."):
                called = {builtin(call) for definition in reading.definitions for call in calls(definition)}
                assert name.removeprefix("wp.") in called, text
            else:
                assert name in reading.arrays | functions | structs, text


@pytest.mark.parametrize(
    ("words", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_read_as_english(words: tuple[str, ...], text: str) -> None:
    assert listed(words) == text
