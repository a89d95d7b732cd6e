"""A description is one true sentence: each claim is checked against the text of the kernel, both ways."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from reading import Reading, builtin, calls, decorated, names_in, root, targets
from sampled import Sampled

from grammar.description import describe, listed
from grammar.term import Kernel

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


Described = tuple[str, Reading, Kernel]
# What stores into its first argument without being called an atomic.
STORING = re.compile(r"atomic_\w+|tile_(store|atomic|scatter|copy)\w*")


@pytest.fixture(scope="module")
def described(samples: tuple[Sampled, ...]) -> list[Described]:
    return [(describe(sample.kernel), sample.reading, sample.kernel) for sample in samples]


def everything(reading: Reading) -> Iterator[ast.AST]:
    """What the kernel and all it calls are made of."""
    for definition in reading.definitions:
        for statement in definition.body:
            yield from ast.walk(statement)


def nodes(reading: Reading) -> Iterator[ast.AST]:
    """What the kernel itself is made of."""
    for statement in reading.kernel.body:
        yield from ast.walk(statement)


def arrays(kernel: Kernel) -> set[str]:
    """The arrays of a launch; what only the host can make is another matter."""
    return {symbol.name for symbol in kernel.parameters if symbol.extents}


def named(text: str) -> set[str]:
    return set(re.findall(r"`([\w.]+)`", text))


def part(text: str, begins: str, ends: str) -> str:
    found = re.search(f"{begins}(.*?)(?:{ends})", text)
    return found.group(1) if found else ""


def surely_stored(reading: Reading) -> set[str]:
    """What the kernel assigns elements of, or hands to a built-in that stores."""
    found = {root(t) for node in nodes(reading) for t in targets(node) if isinstance(t, ast.Subscript | ast.Attribute)}
    return found | {
        root(call.args[0]) for call in calls(reading.kernel) if call.args and STORING.fullmatch(builtin(call))
    }


def may_store(reading: Reading) -> set[str]:
    """What the kernel stores to, by itself, through another name of it, or by a function that it hands it to."""
    functions = {function.name for function in reading.functions} | reading.settled
    handed = {
        name
        for call in calls(reading.kernel)
        if isinstance(call.func, ast.Name) and call.func.id in functions
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for name in names_in(argument)
    }
    found = surely_stored(reading) | handed
    for node in nodes(reading):
        if isinstance(node, ast.Assign) and {root(target) for target in targets(node)} & found:
            found |= names_in(node.value)
    return found


def may_branch(reading: Reading) -> bool:
    return any(isinstance(node, ast.If | ast.IfExp) for node in everything(reading))


def surely_branches(reading: Reading) -> bool:
    """Beyond the guard that a kernel begins with, against surplus threads or at the borders, and what is settled."""
    first = [
        node for node in reading.kernel.body[1:3] if isinstance(node, ast.If) and isinstance(node.body[0], ast.Return)
    ]
    return any(
        isinstance(node, ast.If | ast.IfExp) and node not in first and reading.varies(node.test)
        for node in nodes(reading)
    )


def nested_loops(reading: Reading) -> bool:
    loops = (node for node in ast.walk(reading.kernel) if isinstance(node, LOOPS))
    return any(isinstance(inner, LOOPS) for loop in loops for top in loop.body for inner in ast.walk(top))


def follows(reading: Reading) -> bool:
    """An index that was itself read from an array or told by a query, or a loop between two elements of an array."""
    read = {
        root(target)
        for node in nodes(reading)
        if isinstance(node, ast.Assign)
        and (isinstance(node.value, ast.Subscript) or (builtin(node.value) and builtin(node.value) != "tid"))
        for target in targets(node)
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


QUERIES = (
    "hash_grid_",
    "bvh_",
    "mesh_",
    "volume_",
    "texture_",
    "tile_bvh_",
    "tile_mesh_",
    "closest_point_",
    "intersect_",
)
Holds = Callable[[Reading], bool]


def uses(reading: Reading, *prefixes: str) -> bool:
    """Whether the kernel or what it calls uses a built-in whose name begins so."""
    return any(builtin(node).startswith(prefixes) for node in everything(reading))


def updated_by(reading: Reading, name: str) -> set[str]:
    """The arrays that an atomic updates, one element or a tile of them at a time."""
    return {
        call.args[0].id
        for call in calls(reading.kernel)
        if builtin(call) in {name, f"tile_{name}", f"tile_{name}_indexed"} and isinstance(call.args[0], ast.Name)
    }


def both(holds: Holds) -> tuple[Holds, Holds]:
    """True exactly where it has to be said."""
    return holds, holds


# Each claim with the words that make it, when it is true, and when it has to be made.
CLAIMS: dict[str, tuple[Callable[[str], bool], Callable[[Reading], bool], Callable[[Reading], bool]]] = {
    "loops": (
        lambda text: " loops" in text,
        lambda reading: any(isinstance(node, LOOPS) for node in everything(reading)),
        lambda reading: any(isinstance(node, LOOPS) for node in nodes(reading)),
    ),
    "nested": (lambda text: "nested loops" in text, nested_loops, lambda _: False),
    "stencil": (lambda text: "looks at neighbouring elements" in text, looks_around, lambda _: False),
    "struct": (lambda text: " struct" in text, lambda reading: bool(reading.structs), lambda _: False),
    "calls": (lambda text: " calls `" in text, lambda reading: bool(reading.functions), lambda _: False),
    "closure": (
        lambda text: "made for given constants" in text,
        lambda reading: reading.factory is not None,
        lambda reading: reading.factory is not None,
    ),
    "tiles": (lambda text: "works on tiles" in text, *both(lambda reading: uses(reading, "tile_"))),
    "random": (lambda text: "draws random numbers" in text, *both(lambda reading: uses(reading, "rand_init"))),
    "queries": (
        lambda text: "queries geometry or volumes" in text,
        lambda reading: uses(reading, *QUERIES),
        lambda reading: uses(reading, "hash_grid_query", "bvh_query", "mesh_query", "volume_sample", "volume_lookup"),
    ),
    "local arrays": (
        lambda text: "keeps a local array" in text,
        lambda reading: uses(reading, "zeros", "empty"),
        lambda reading: any(builtin(node) in {"zeros", "empty"} for node in nodes(reading)),
    ),
    "gradients": (
        lambda text: "with its own gradient" in text,
        lambda reading: bool(decorated(reading.tree, "func_grad", "func_replay", "func_native")),
        lambda reading: bool(decorated(reading.tree, "func_replay", "func_native")),
    ),
    "static": (
        lambda text: "at compile time" in text,
        lambda reading: uses(reading, "static") or bool(names_in(reading.kernel) & reading.settled),
        lambda reading: any(builtin(node) == "static" for node in nodes(reading)),
    ),
    **{
        name: (
            lambda text, words=words: words in text,  # type: ignore[misc]
            lambda reading, name=name: uses(reading, name, f"tile_{name}"),  # type: ignore[misc]
            lambda reading, name=name: bool(updated_by(reading, name) & reading.arrays),  # type: ignore[misc]
        )
        for name, words in ATOMICS.items()
    },
}


def test_one_sentence(described: list[Described]) -> None:
    for text, _, _ in described:
        assert re.fullmatch(r"A [^\n]*\.", text), text
        assert ". " not in text, text
        assert "  " not in text, text
        assert ",," not in text, text
        assert text.isascii(), text


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_true_and_made_where_they_are(claim: str, described: list[Described]) -> None:
    said, may, must = CLAIMS[claim]
    wrong = [(text, reading) for text, reading, _ in described if not must(reading) <= said(text) <= may(reading)]
    shortest = min(wrong, key=lambda pair: len(ast.unparse(pair[1].tree)), default=None)
    assert shortest is None, f"{len(wrong)} of {len(described)}: {shortest[0]}\n{ast.unparse(shortest[1].tree)}"
    assert any(said(text) for text, _, _ in described), "a claim that nothing makes"


def test_branches_are_told_of(described: list[Described]) -> None:
    for text, reading, _ in described:
        assert surely_branches(reading) <= (" branches" in text) <= may_branch(reading), (
            f"{text}\n{ast.unparse(reading.tree)}"
        )


def test_following_indices_is_true(described: list[Described]) -> None:
    wrong = [(text, reading) for text, reading, _ in described if "follows indices" in text and not follows(reading)]
    shortest = min(wrong, key=lambda pair: len(pair[0]), default=None)
    assert shortest is None, f"{len(wrong)} of {len(described)}: {shortest[0]}\n{ast.unparse(shortest[1].tree)}"


def test_dimensions(described: list[Described]) -> None:
    for text, reading, _ in described:
        threads = next(
            node.targets[0] for node in nodes(reading) if isinstance(node, ast.Assign) and builtin(node.value) == "tid"
        )
        rank = len(threads.elts) if isinstance(threads, ast.Tuple) else 1
        assert DIMENSIONS[part(text, "A ", "-dimensional launch")] == rank


def counted(text: str, words: str) -> tuple[set[str], int]:
    """The arrays listed after some words, and how many more are only counted."""
    found = re.search(rf"{words} ((?:`\w+`(?:, | and )?)+)(?:(\d+) other arrays?)?", text)
    return (named(found.group(1)), int(found.group(2) or 0)) if found else (set(), 0)


VERBS = (
    *("launch reads", "for given constants reads", " writes", " updates", *ATOMICS.values()),
    *("atomically exchanges elements of", "claims elements of", "takes slots from", "keeps entries in"),
)


def told(text: str) -> dict[str, tuple[set[str], int]]:
    """The lists of arrays in a description, by what is said of them."""
    found = {words: counted(text, words) for words in VERBS}
    return {words: listing for words, listing in found.items() if listing[0]}


def test_every_array_is_told_of_once(described: list[Described]) -> None:
    for text, reading, kernel in described:
        lists = told(text)
        names = [name for found, _ in lists.values() for name in found]
        assert len({*names}) == len(names), text
        assert {*names} <= arrays(kernel), text
        assert len(names) + sum(more for _, more in lists.values()) == len(arrays(kernel)), (
            f"{arrays(kernel) - {*names}}: {text}\n{ast.unparse(reading.tree)}"
        )
        assert all(more == 0 or len(found) >= 3 for found, more in lists.values()), f"a long list names a few: {text}"


def test_what_is_read_is_not_stored_to(described: list[Described]) -> None:
    for text, reading, _ in described:
        for words, (found, _) in told(text).items():
            if words.endswith("reads"):
                assert not found & surely_stored(reading), f"{text}\n{ast.unparse(reading.tree)}"
            else:
                assert found <= may_store(reading), f"{found}: {text}\n{ast.unparse(reading.tree)}"


def test_atomics_are_named_by_what_they_do(described: list[Described]) -> None:
    for text, reading, kernel in described:
        for name, words in ATOMICS.items():
            updated = updated_by(reading, name)
            found, more = counted(text, words)
            handed = may_store(reading) - surely_stored(reading)
            assert found <= updated | handed, f"{text}\n{ast.unparse(reading.tree)}"
            assert len(updated & arrays(kernel)) <= len(found) + more or name == "atomic_add", (
                f"{updated}: {text}\n{ast.unparse(reading.tree)}"
            )


def test_every_name_is_the_kernels(described: list[Described]) -> None:
    for text, reading, kernel in described:
        functions = {function.name for function in reading.functions}
        structs = {struct.name for struct in reading.structs}
        called = {builtin(node) for node in everything(reading)}
        for name in named(text):
            if name.startswith("wp."):
                assert name.removeprefix("wp.") in called, text
            else:
                assert name in arrays(kernel) | functions | structs, text


@pytest.mark.parametrize(
    ("words", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_read_as_english(words: tuple[str, ...], text: str) -> None:
    assert listed(words) == text
