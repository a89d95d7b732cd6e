"""What Warp's scalar built-ins mean, on scalars and by components on vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grammar.reference.machine import Meaning, rounded, working
from grammar.reference.values import Compound


def _map(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function on NumPy's values as one on scalars and, by components, on compounds."""

    def mapped(*arguments: Any) -> Any:
        first = next((each for each in arguments if isinstance(each, Compound)), None)
        if first is None:
            return function(*arguments)
        return type(first)(function(*(each.data if isinstance(each, Compound) else each for each in arguments)))

    return mapped


def _wide(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function computed in float64 and rounded to the width of its first argument."""

    def computed(*arguments: Any) -> Any:
        return rounded(function(*map(working, arguments)), arguments[0])

    return computed


def _min(a: Any, b: Any = None) -> Any:
    if b is None:
        return _reduce(_min, a)
    return np.fmin(a, b).astype(a.dtype)


def _max(a: Any, b: Any = None) -> Any:
    if b is None:
        return _reduce(_max, a)
    return np.fmax(a, b).astype(a.dtype)


def _reduce(function: Callable[[Any, Any], Any], components: Any) -> Any:
    found = components[0]
    for each in components[1:]:
        found = function(found, each)
    return found


def _where(test: Any, a: Any, b: Any) -> Any:
    return a if test else b


MEANINGS: dict[str, Meaning] = {
    "min": Meaning(_map(_min)),
    "max": Meaning(_map(_max)),
    "abs": Meaning(_map(np.abs)),
    "sqrt": Meaning(_map(np.sqrt)),
    "sin": Meaning(_wide(np.sin), ulps=2),
    "cos": Meaning(_wide(np.cos), ulps=2),
    "exp": Meaning(_wide(np.exp), ulps=2),
    "log": Meaning(_wide(np.log), ulps=2),
    "pow": Meaning(_wide(np.power), ulps=2),
    "round": Meaning(_wide(lambda x: np.copysign(np.floor(np.abs(x) + 0.5), x))),
    "where": Meaning(_where),
}
