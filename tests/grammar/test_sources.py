"""How every printed kernel is built, as its syntax tree shows: what stands where, and each name is there and used."""

from __future__ import annotations

import ast
import builtins as python
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from meant import is_meant
from reading import (
    LANGUAGE,
    Definition,
    Reading,
    arguments,
    assigned,
    builtin,
    decorated,
    decorator,
    names_in,
    read,
    root,
    statements,
    targets,
    unbound,
)
from sampled import Sampled, report

from grammar.printer import IMPORTS

LONGEST = 160
Fault = tuple[ast.AST, str]
Check = Callable[[Reading], Iterator[Fault]]
OVERLOAD = re.compile(r"wp\.overload\((\w+), \{(.*)\}\)", re.DOTALL)


def imports_what_it_needs(reading: Reading) -> Iterator[Fault]:
    """Warp, and of the language's own library only what the text mentions."""
    found = [ast.unparse(node) for node in ast.walk(reading.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if found.pop() != "import warp as wp":
        yield reading.tree.body[0], "imports Warp elsewhere"
    known = {line.strip(): word for word, line in IMPORTS.items()}
    text = ast.unparse(reading.tree)
    for line in found:
        if line not in known:
            yield ast.parse(line), "is unheard of"
        elif len(re.findall(rf"\b{known[line]}\b", text)) < 2:
            yield ast.parse(line), "is not needed"


def stands_in_order(reading: Reading) -> Iterator[Fault]:
    """Imports; names of types; all that the kernel uses; the kernel, or the function that makes it; its overload."""
    kinds = [_kind(node, reading) for node in reading.tree.body]
    if kinds != sorted(kinds):
        yield reading.kernel, f"stands in the order {kinds}"
    if kinds.count(KERNEL) != (2 if reading.factory else 1) or kinds.count(OVERLOADED) > 1:
        yield reading.kernel, f"is made of {kinds}"


IMPORT, ALIAS, DEFINED, KERNEL, OVERLOADED = range(5)


def _kind(node: ast.stmt, reading: Reading) -> int:
    around = reading.factory or reading.kernel
    match node:
        case ast.Import() | ast.ImportFrom():
            return IMPORT
        case ast.Assign(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="types")))):
            return ALIAS if node.lineno < reading.kernel.lineno else OVERLOADED
        case ast.Assign(targets=[ast.Name(id=name)]) if name == reading.kernel.name:
            return KERNEL
        case _ if node is around:
            return KERNEL
        case ast.Expr(value=value) if ast.unparse(value).startswith("wp.overload("):
            return OVERLOADED if f"({reading.kernel.name}," in ast.unparse(value) else DEFINED
        case _:
            return DEFINED


def uses_every_argument(reading: Reading) -> Iterator[Fault]:
    for definition in reading.definitions:
        if decorator(definition) in {"func_grad", "func_replay"}:
            continue  # they take what the function takes
        used = {name for statement in definition.body for name in names_in(statement)}
        for name in arguments(definition):
            if name not in used:
                yield ast.Name(name), f"is ignored by {definition.name}"


def uses_whatever_it_defines(reading: Reading) -> Iterator[Fault]:
    """Nothing is defined in vain, and nothing twice but the overloads of a function."""
    text = ast.unparse(reading.tree)
    for node in reading.tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case _:
                continue
        attached = isinstance(node, Definition) and decorator(node) in {"func_grad", "func_replay", "kernel"}
        if not attached and len(re.findall(rf"\b{name}\b", text)) < 2:
            yield ast.Name(name), "is used by nothing"


def reads_only_what_is_there(reading: Reading) -> Iterator[Fault]:
    """A definition stands above its use; a local is visible in its block, after the statement that makes it."""
    yield from ((name, f"is read too early in line {name.lineno}") for name in unbound(reading.tree))


def reads_every_local(reading: Reading) -> Iterator[Fault]:
    """But what is only one of several results; what is assigned to a reference reaches whoever passed it."""
    for definition in reading.definitions:
        counters = {
            node.target.id
            for node in statements(definition)
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name)
        }
        unpacked = {
            root(target)
            for node in statements(definition)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
            for target in targets(node)
        }
        others = counters | reading.threads | unpacked | {*arguments(definition)}
        for name in assigned(definition) - others - read(definition):
            yield ast.Name(name), f"is never read by {definition.name}"


def names_each_thing_once(reading: Reading) -> Iterator[Fault]:
    """But for a function's overloads, and a factory's product, which is called as what it makes."""
    overloads = {function.name for function in reading.functions}
    outside = Counter(
        node.name
        for node in reading.tree.body
        if isinstance(node, Definition | ast.ClassDef) and node.name not in overloads
    )
    outside += Counter(dict.fromkeys(overloads, 1))
    outside += Counter(
        root(target)
        for node in reading.tree.body
        for target in targets(node)
        if isinstance(target, ast.Name) and target.id not in overloads and not _wraps(node, target.id)
    )
    yield from ((ast.Name(name), "is two things") for name, count in outside.items() if count > 1)
    for definition in reading.definitions:
        names = Counter(arguments(definition)) + Counter(assigned(definition) - {*arguments(definition)})
        for name, count in names.items():
            if count > 1 or name in outside:
                yield ast.Name(name), "is two things"
    everything = {
        name for definition in reading.definitions for name in (*arguments(definition), *assigned(definition))
    }
    for name in everything | {*outside}:
        if keyword.iskeyword(name) or name in LANGUAGE:
            yield ast.Name(name), "is taken by the language"
    meant = {
        node.id for node in ast.walk(reading.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    called = {
        call.func.id
        for call in ast.walk(reading.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    for name in everything & meant & called & {*dir(python)}:
        yield ast.Name(name), "is Python's, and called"
    for struct in reading.structs:
        fields = [root(target) for node in struct.body for target in targets(node)]
        if len(set(fields)) != len(fields):
            yield struct, "has two fields of one name"


def _wraps(node: ast.stmt, name: str) -> bool:
    """`f = wp.func(f)`: a function becomes one of Warp's under its own name."""
    return isinstance(node, ast.Assign) and builtin(node.value) == "func" and name in names_in(node.value)


def spells_types_by_names_it_defines(reading: Reading) -> Iterator[Fault]:
    """Above all else, each once, and only those that are used."""
    lines = [node for node in reading.tree.body if _kind(node, reading) == ALIAS]
    for node in lines:
        name = root(next(targets(node)))
        used = [
            n
            for n in ast.walk(reading.tree)
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        ]
        if not used:
            yield node, "is the type of nothing"
    if len({ast.unparse(node.value) for node in lines if isinstance(node, ast.Assign)}) != len(lines):
        yield lines[0], "one type has two names"


def compiles_generic_kernels_for_all_they_leave_open(reading: Reading) -> Iterator[Fault]:
    """An overload line names exactly the arguments declared as of any type, and says `Any` of none."""
    found = [node for node in reading.tree.body if _kind(node, reading) == OVERLOADED]
    any_of = {name for name, text in reading.annotations.items() if re.search(r"\bAny\b", text)}
    if bool(found) != bool(any_of):
        yield reading.kernel, f"{len(found)} overload lines for {sorted(any_of)}"
    for node in found:
        matched = OVERLOAD.fullmatch(ast.unparse(node))
        if matched is None or matched[1] != reading.kernel.name:
            yield node, "is of another kernel"
            continue
        given = ast.parse(f"{{{matched[2]}}}", mode="eval").body
        assert isinstance(given, ast.Dict)
        keys = {key.value for key in given.keys if isinstance(key, ast.Constant)}
        if keys != any_of or "Any" in matched[2]:
            yield node, f"does not say what {sorted(any_of)} are"
        for key, value in zip(given.keys, given.values, strict=True):
            assert isinstance(key, ast.Constant)
            shape = reading.annotations.get(key.value, "")
            if not re.fullmatch(re.escape(shape).replace("Any", "(.+)"), ast.unparse(value)):
                yield value, f"is no {shape}"


def hands_a_factory_its_constants(reading: Reading) -> Iterator[Fault]:
    """A kernel made by a function is given as many literals as that asks for, and reads each."""
    if reading.factory is None:
        return
    (call,) = [
        node.value
        for node in reading.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) == reading.factory.name
    ]
    assert isinstance(call, ast.Call)
    expected = [ast.unparse(a.annotation) for a in reading.factory.args.args if a.annotation is not None]
    given = [type(ast.literal_eval(argument)).__name__ for argument in call.args]
    if given != [kind.removeprefix("wp.").removesuffix("32") for kind in expected]:
        yield call, f"is not {expected}"
    for name in {*arguments(reading.factory)} - names_in(reading.kernel):
        yield ast.Name(name), "is not read by the kernel"
    if ast.unparse(reading.factory.body[-1]) != f"return {reading.kernel.name}":
        yield reading.factory.body[-1], "is not the kernel"


CHECKS: tuple[Check, ...] = (
    imports_what_it_needs,
    stands_in_order,
    uses_every_argument,
    uses_whatever_it_defines,
    reads_only_what_is_there,
    reads_every_local,
    names_each_thing_once,
    spells_types_by_names_it_defines,
    compiles_generic_kernels_for_all_they_leave_open,
    hands_a_factory_its_constants,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_kernel(check: Check, samples: tuple[Sampled, ...]) -> None:
    faults = [
        (sample, f"`{ast.unparse(node)}` {what}")
        for sample in samples
        for node, what in check(sample.reading)
        if not is_meant(check.__name__, node, sample.kernel)
    ]
    assert not faults, report(faults)


def test_the_forms_of_a_module_occur(samples: tuple[Sampled, ...]) -> None:
    """Else the laws about them would hold of nothing."""
    readings = [sample.reading for sample in samples]
    assert sum(reading.factory is not None for reading in readings) > 20
    assert sum("wp.overload(" in sample.source for sample in samples) > 20
    assert sum("wp.types." in sample.source for sample in samples) > 1
    assert sum(bool(decorated(reading.tree, "func_grad")) for reading in readings) > 10


def test_lines_are_short(samples: tuple[Sampled, ...]) -> None:
    faults = [
        (sample, f"{len(line)} characters: {line.strip()}")
        for sample in samples
        for line in sample.source.splitlines()
        if len(line) > LONGEST
    ]
    assert not faults, report(faults)


def test_text_is_plain(samples: tuple[Sampled, ...]) -> None:
    for sample in samples:
        assert sample.source.isascii()
        assert sample.source.endswith("\n")
        assert not sample.source.endswith("\n\n")
        assert all(line == line.rstrip() and "\t" not in line for line in sample.source.split("\n"))
