"""Whether a kernel overwrites components of local vectors, matrices, quaternions or transformations.

Unless `wp.config.enable_vector_component_overwrites` is set, Warp's adjoint takes each component to be written once, to
a value that was made of constants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grammar.trees import Function

OPTION = "enable_vector_component_overwrites"
MAKERS = frozenset({"array", "empty", "ones", "zeros"})
LETTERS = {letter: place for place, letter in enumerate("xyzw")}


@dataclass(frozen=True, slots=True)
class Held:
    """What a name stands for: an array of `rank` axes, or a value without any; `struct` is what it is made of."""

    rank: int = 0
    struct: str = ""


def overwrites_components(source: str, module: ast.Module, functions: Iterable[Function]) -> bool:
    """Whether a component is stored into a local that had a value, without the option for it.

    The module is what the source says, the functions are those in it.
    """
    if OPTION in source:
        return False
    structs = {node.name: dict(_fields(node)) for node in module.body if isinstance(node, ast.ClassDef)}
    return any(Locals(function, structs).overwritten() for function in functions)


def _fields(struct: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for node in struct.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation


@dataclass(slots=True)
class Locals:
    """The names of a function, and what they stand for."""

    function: Function
    structs: dict[str, dict[str, ast.expr]]
    held: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for argument in self.function.definition.args.args:
            self.held[argument.arg] = self.annotated(argument.annotation)
        for _, name, value in self.assigned():
            self.held[name] = self.of(value)

    def assigned(self) -> Iterator[tuple[int, str, ast.expr]]:
        """The names that are given a value of their own, in order."""
        found = [
            (node.lineno, target.id, node.value)
            for node in self.function.nodes
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        yield from sorted(found, key=lambda each: each[0])

    def annotated(self, annotation: ast.expr | None) -> Held:
        """What an argument or a field with an annotation is."""
        if isinstance(annotation, ast.Name):
            return Held(0, annotation.id if annotation.id in self.structs else "")
        if not isinstance(annotation, ast.Call) or "array" not in (name := ast.unparse(annotation.func)):
            return Held()
        keywords = {keyword.arg: keyword.value for keyword in annotation.keywords}
        element = keywords.get("dtype", annotation.args[0] if annotation.args else None)
        rank = keywords.get("ndim")
        axes = rank.value if isinstance(rank, ast.Constant) and isinstance(rank.value, int) else 1
        named = name.removesuffix("d")[-1]
        return Held(int(named) if named.isdecimal() else axes, self.annotated(element).struct)

    def of(self, value: ast.expr) -> Held:
        """What an expression gives."""
        match value:
            case ast.Name(id=name):
                return self.held.get(name, Held())
            case ast.Attribute(value=base, attr=attr):
                fields = self.structs.get(self.of(base).struct, {})
                return self.annotated(fields[attr]) if attr in fields and not self.of(base).rank else Held()
            case ast.Subscript(value=base, slice=index):
                array = self.of(base)
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                taken = sum(not isinstance(part, ast.Slice) for part in parts)
                return Held(max(0, array.rank - taken), array.struct) if array.rank else Held()
            case ast.Call(func=ast.Attribute(attr=name)) if name in MAKERS or name.startswith("tile"):
                return Held(4)
            case ast.Call(func=ast.Name(id=name)) if name in self.structs:
                return Held(0, name)
            case _:
                return Held()

    def is_slot(self, place: ast.expr) -> bool:
        """Whether a place is in an array."""
        if self.of(place).rank:
            return True
        return isinstance(place, ast.Attribute | ast.Subscript) and self.is_slot(place.value)

    def stores(self) -> Iterator[tuple[ast.Attribute | ast.Subscript, ast.operator | None]]:
        """The places in locals that are stored to, and the operator where what was there is read."""
        for node in self.function.nodes:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AugAssign):
                targets = [node.target]
            for target in targets:
                for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(part, ast.Attribute | ast.Subscript) and not self.is_slot(part.value):
                        yield part, node.op if isinstance(node, ast.AugAssign) else None

    def overwritten(self) -> bool:
        """Whether a component is stored into a local that is not just made, or twice; adding to it is in order."""
        stores = [(_path(place), operator, bool(self.of(place.value).struct)) for place, operator in self.stores()]
        for i, (path, operator, is_field) in enumerate(stores):
            if is_field or isinstance(operator, ast.Add | ast.Sub):
                continue
            if operator or None in path or not self.is_just_made(str(path[0])):
                return True
            others = [other for j, (other, _, _) in enumerate(stores) if j != i and other[0] == path[0]]
            if any(None in other or _overlap(path, other) for other in others):
                return True
        return False

    def is_just_made(self, name: str) -> bool:
        """Whether a name is given a value once, by a constructor of constants."""
        values = [value for _, each, value in self.assigned() if each == name]
        if len(values) != 1 or not isinstance(values[0], ast.Call):
            return False
        arguments = [*values[0].args, *(keyword.value for keyword in values[0].keywords)]
        return all(isinstance(argument, ast.Constant) for argument in arguments)


def _path(place: ast.expr) -> tuple[str | int | None, ...]:
    """The root of a place, and the steps to it: names of fields and constant indices, none for another index."""
    match place:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=base, attr=attr):
            return (*_path(base), LETTERS.get(attr, attr))
        case ast.Subscript(value=base, slice=index):
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            steps = (part.value if isinstance(part, ast.Constant) else None for part in parts)
            return (*_path(base), *(step if isinstance(step, int) else None for step in steps))
        case _:
            return (None,)


def _overlap(a: tuple[str | int | None, ...], b: tuple[str | int | None, ...]) -> bool:
    """Whether one of two paths leads to a part of what the other leads to."""
    return all(one == other for one, other in zip(a, b, strict=False))
