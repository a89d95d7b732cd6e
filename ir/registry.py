"""What the installed Warp offers to a kernel: its built-ins, overload by overload as written, and its syntax.

Counting. An overload is *visible* when Warp does not hide it: concrete instances of a generic one, what it adds for
indexed arrays, and helpers of the code generator (`address`, `range` …), are hidden. A built-in that Warp itself has
written in Python (`norm_l1`, `quat_to_rpy` …) counts once, whatever it is instantiated with. Warp 1.19.0 has 355 names,
300 of them visible, with 617 visible overloads. Eleven of those raise at every call, because the function was removed
and its entry says what to use instead (`is_removed`): `select`, ten times, and `matrix(pos, rot, scale)`.

Whoever counts by name, argument types and result finds 616, since `tile_map(op, a, b)` and `tile_map(op, a, *args)` are
alike in these; without that `matrix`, 615.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ir import warp_api
from ir.type_names import type_name

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class BuiltinOverload:
    """One visible overload of a built-in, as it is written in Warp's registry.

    `arguments` are name and type; a name begins with `*` where any number may follow. `result` is the type that it
    returns, "None" for nothing, "Any" where that depends on the arguments in ways that the registry does not say.
    `optional` names the arguments that may be left out. `key` tells it from all others of this version, and is the same
    in every process.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    optional: frozenset[str]
    result: str
    group: str
    differentiable: bool
    is_removed: bool
    key: str

    @property
    def signature(self) -> str:
        """The overload as a person would write it."""
        return _signature(self.name, self.arguments, self.result)


class Syntax(NamedTuple):
    """The forms of Python's grammar that Warp's code generator knows, as names of `ast` classes."""

    nodes: frozenset[str]
    operators: frozenset[str]


def visible_overloads() -> tuple[BuiltinOverload, ...]:
    """Return every overload of every built-in that kernels can see, in Warp's order."""
    return tuple(overload for _, overload in _entries())


def builtin_names() -> frozenset[str]:
    """Return the names of all visible built-ins."""
    return frozenset(overload.name for overload in visible_overloads())


def syntax() -> Syntax:
    """Return what the code generator visits: statements and expressions, and the operators in them."""
    codegen = warp_api.codegen()
    return Syntax(
        frozenset(node.__name__ for node in codegen.Adjoint.node_visitors),
        frozenset(node.__name__ for node in codegen.builtin_operators),
    )


def key_of(overload: Any) -> str:
    """Return the key of Warp's object for a visible overload."""
    return _keys()[id(overload)]


@cache
def _keys() -> Mapping[int, str]:
    return {id(function): overload.key for function, overload in _entries()}


@cache
def _entries() -> tuple[tuple[Any, BuiltinOverload], ...]:
    """Return Warp's object for each visible overload, and what is to be known of it."""
    warp_api.start()
    entries = []
    seen: Counter[str] = Counter()
    for name, head in warp_api.context().builtin_functions.items():
        for function in head.overloads if head.is_builtin() else [head]:
            if function.hidden:
                continue
            arguments = tuple((argument, type_name(kind)) for argument, kind in function.input_types.items())
            result = _result(function)
            signature = _signature(name, arguments, result)
            seen[signature] += 1
            key = signature if seen[signature] == 1 else f"{signature} #{seen[signature]}"
            overload = BuiltinOverload(
                name=name,
                arguments=arguments,
                optional=frozenset(function.defaults or ()),
                result=result,
                group=function.group,
                differentiable=bool(function.is_differentiable),
                is_removed=".. versionremoved::" in function.doc or "has been removed" in function.doc,
                key=key,
            )
            entries.append((function, overload))
    return tuple(entries)


def _result(function: Any) -> str:
    if not function.is_builtin():
        return type_name(function.value_type) if function.value_type is not None else "Any"
    result = function.value_type
    if function.value_func is not None:
        try:
            result = function.value_func(None, None)
        except Exception:  # noqa: BLE001  # some look at the arguments, though there are none to look at
            return "Any"
    return type_name(result)


def _signature(name: str, arguments: tuple[tuple[str, str], ...], result: str) -> str:
    return f"{name}({', '.join(f'{argument}: {kind}' for argument, kind in arguments)}) -> {result}"
