"""Which built-in overloads Warp's code generation picks, written down while it runs."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ir import warp_api
from ir.generation import generate
from ir.registry import key_of
from ir.source import MODULE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ir.records import Target, Unit


def resolved(unit: Unit, target: Target) -> frozenset[str]:
    """Return the keys of the visible overloads that the code of `unit` resolves to, by a call, an operator or an index.

    What Warp's own functions call in turn does not count. Raises `SourceError` or `GenerationError`.
    """
    with recording() as keys:
        generate(unit, target)
    return frozenset(keys)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect the keys of the visible overloads that units resolve to while this is open; not re-entrant.

    Calls, operators, constructors, indexing and stores all end in `Adjoint.resolve_func`. Two things do not, and are
    watched apart: `wp.static`, which is evaluated before there is anything to resolve, and a built-in that is handed to
    another one (`wp.tile_map(wp.sin, …)`), which finds the overload by `Function.get_overload`.
    """
    adjoint, function = warp_api.codegen().Adjoint, warp_api.context().Function
    resolve_func, evaluate, get_overload = (
        adjoint.resolve_func,
        adjoint.evaluate_static_expression,
        function.get_overload,
    )
    found: set[str] = set()

    def note(overload: Any) -> None:
        key = _visible_key(overload)
        if key is not None:
            found.add(key)

    def resolving(adj: Any, *arguments: Any, **keywords: Any) -> Any:
        result = resolve_func(adj, *arguments, **keywords)
        if adj.func.__module__ == MODULE_NAME:
            note(result)
        return result

    def evaluating(adj: Any, *arguments: Any, **keywords: Any) -> Any:
        for overload in warp_api.context().builtin_functions["static"].overloads:
            note(overload)
        return evaluate(adj, *arguments, **keywords)

    def handing(self: Any, *arguments: Any, **keywords: Any) -> Any:
        result = get_overload(self, *arguments, **keywords)
        if self.is_builtin() and result is not None:
            note(result)
        return result

    adjoint.resolve_func, adjoint.evaluate_static_expression, function.get_overload = resolving, evaluating, handing
    try:
        yield found
    finally:
        adjoint.resolve_func, adjoint.evaluate_static_expression = resolve_func, evaluate
        function.get_overload = get_overload


def _visible_key(overload: Any) -> str | None:
    """Return the key of the visible overload that `overload` is, or is an instance of; None for what is hidden."""
    if overload.is_builtin():
        return _builtin_keys().get(id(overload))
    head = warp_api.context().builtin_functions.get(overload.key)
    if head is None or head.is_builtin() or overload.func not in _bodies(head):
        return None  # a function of the unit
    return key_of(head)


def _bodies(head: Any) -> list[Any]:
    return [each.func for each in (head, *head.user_overloads.values(), *head.user_templates.values())]


@cache
def _builtin_keys() -> Mapping[int, str]:
    """Return the key of the visible overload for each overload in the registry, by the identity of Warp's object.

    Warp registers the concrete instances of a generic overload before the overload itself, and moves variadic ones to
    the end, in the same order.
    """
    keys: dict[int, str] = {}
    for head in warp_api.context().builtin_functions.values():
        if not head.is_builtin():
            continue
        instances: list[Any] = []
        for overload in head.overloads:
            if overload.hidden:
                instances.append(overload)
                continue
            for each in (overload, *(hidden for hidden in instances if _is_instance(hidden, overload))):
                keys[id(each)] = key_of(overload)
            instances.clear()
    return keys


def _is_instance(hidden: Any, visible: Any) -> bool:
    """Tell an instance from a hidden overload that just comes before: `atomic_add` of an indexedarray."""
    return (hidden.native_func, list(hidden.input_types), hidden.doc) == (
        visible.native_func,
        list(visible.input_types),
        visible.doc,
    )
