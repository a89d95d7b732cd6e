"""Generic functions: parameters of any type, and what a function may ask of a type."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.variables import F, M, N
from grammar.holes import Domain, Expr, Fresh, Index, Input
from grammar.production import row, statement
from grammar.types import VectorOf

VF, V3 = VectorOf(N, F), VectorOf(3, F)

MIX = define(
    """
@wp.func
def {name}(a: Any, b: Any, t: Any):
    return a + (b - a) * t
""",
    "mix blend_any",
)

HALVED = define(
    """
@wp.func
def {name}(x: Any):
    return x * {half}
""",
    "scaled_any shrink",
    options={"half": ("x.dtype(0.5)", "x.dtype(0.25)")},
)

CONVERTED = define(
    """
@wp.func
def {name}(x: Any):
    return x * x + type(x)({one})
""",
    "bent_any square_plus",
    options={"one": ("1.0", "0.5", "2.0")},
)

GUARDED = define(
    """
@wp.func
def {name}(a: Any, b: Any):
    if b == type(b)(0.0):
        return type(a)(0.0)
    return a / b
""",
    "ratio_any divide_or_zero",
)

WITH_DEFAULT = define(
    """
@wp.func
def {name}(a: Any, b: Any, weight: float = {weight}):
    return a * type(a)(weight) + b
""",
    "weighted_any combine",
    options={"weight": ("0.5", "0.25", "2.0")},
)

TOTAL = define(
    """
@wp.func
def {name}(v: Any):
    total = v.dtype(0.0)
    for i in range({length}):
        total += {term}
    return total
""",
    "total_of sum_of",
    options={
        "length": ("len(v)", "v.length", "wp.static(len(v))"),
        "term": ("v[i]", "v[i] * v[i]", "wp.abs(v[i])"),
    },
)

LARGEST = define(
    """
@wp.func
def {name}(v: Any):
    best = type(v[0])(v[0])
    for i in range(1, len(v)):
        best = wp.max(best, v[i])
    return best
""",
    "largest_of peak_of",
)

VECTOR = define(
    """
@wp.func
def {name}(v: wp.types.vector(length=Any, dtype={T}), w: wp.types.vector(length=Any, dtype={T})):
    total = {T}(0.0)
    for i in range(len(v)):
        total += v[i] * w[i]
    return total
""",
    "inner_product overlap",
    types={"T": F},
)

TRACE = define(
    """
@wp.func
def {name}(m: wp.types.matrix(shape=(Any, Any), dtype={T})):
    total = m.dtype(0.0)
    for i in range(len(m)):
        total += m[i, i]
    return total
""",
    "diagonal_sum trace_of",
    types={"T": F},
)

OF_MATRIX = define(
    """
@wp.func
def {name}(m: Any, v: Any):
    return m * v + v
""",
    "mapped_any",
)

VALUES: Rows = (
    row("generic_mix", "{f}({a}, {b}, {t})", F, f=MIX, a=F, b=F, t=F, tags="generic function_form", noun="mixed"),
    row(
        "generic_mix_vector",
        "{f}({a}, {b}, {t})",
        VF,
        f=MIX,
        a=VF,
        b=VF,
        t=F,
        tags="generic function_form vector",
        noun="mixed",
    ),
    row("generic_dtype", "{f}({v})", VF, f=HALVED, v=VF, tags="generic function_form vector", noun="halved"),
    row("generic_type_of", "{f}({x})", F, f=CONVERTED, x=F, tags="generic function_form", noun="bent"),
    row(
        "generic_guarded",
        "{f}({a}, {b})",
        F,
        f=GUARDED,
        a=F,
        b=F,
        tags="generic function_form",
        noun="ratio",
    ),
    row(
        "generic_default",
        "{f}({a}, {b})",
        F,
        f=WITH_DEFAULT,
        a=F,
        b=F,
        tags="generic defaults function_form",
        noun="sum",
    ),
    row("generic_total", "{f}({v})", F, f=TOTAL, v=VF, tags="generic function_form vector", noun="total"),
    row("generic_largest", "{f}({v})", F, f=LARGEST, v=VF, tags="generic function_form vector", noun="peak"),
    row(
        "generic_length", "{f}({v}, {w})", F, f=VECTOR, v=VF, w=VF, tags="generic function_form vector", noun="overlap"
    ),
    row("generic_shape", "{f}({m})", F, f=TRACE, m=M, tags="generic function_form matrix", noun="trace"),
    row(
        "generic_matrix",
        "{f}({m}, {v})",
        VF,
        f=OF_MATRIX,
        m=M,
        v=VF,
        tags="generic function_form matrix",
        noun="mapped",
    ),
    # One generic function at two types in one kernel.
    statement(
        "generic_twice",
        "{x} = {f}({a}, {b}, {t})\n{p} = {f}({u}, {v}, {t}) * {x}",
        f=MIX,
        u=V3,
        v=V3,
        t=Expr(F, Domain.UNIT),
        a=F,
        b=F,
        x=Fresh(F, "blended", inner=True),
        p=Fresh(V3, "mixed"),
        tags="generic function_form",
    ),
)

AT = define(
    """
@wp.func
def {name}(values: wp.array(dtype=Any), i: int):
    return values[i]
""",
    "fetch element_of",
)

PLANE = define(
    """
@wp.func
def {name}(values: {array}, i: int, j: int):
    return values[i, j] * values.dtype(2.0)
""",
    "fetch_plane doubled_at",
    options={"array": ("wp.array(dtype=Any, ndim=2)", "wp.array2d(dtype=Any)")},
)

AHEAD = define(
    """
@wp.func
def {name}(values: wp.array(dtype=Any), i: int):
    n = values.shape[0]
    return values[wp.min(i + 1, n - 1)] - values[wp.max(i - 1, 0)]
""",
    "slope_at central_difference",
)

TYPED = define(
    """
@wp.func
def {name}(values: {array}, i: int):
    return values[i] * type(values).dtype(2.0) + type(values[i])(1.0)
""",
    "bent_at doubled_in",
    options={"array": ("wp.array(dtype=Any)", "Any")},
)

ANYTHING = define(
    """
@wp.func
def {name}(values: Any, i: int):
    return values[i] + values[i]
""",
    "twice_at",
)

ARRAYS: Rows = (
    *(
        row(
            f"generic_array_{name}{suffix}",
            "{f}({array}, {i})",
            of,
            f=function,
            array=Input(of, 1),
            i=Index("array", 0),
            tags="generic function_form",
            noun=noun,
        )
        for name, function, noun in (("element", AT, "value"), ("ahead", AHEAD, "slope"), ("any", ANYTHING, "doubled"))
        for suffix, of in (("", F), ("_vector", V3))
    ),
    row(
        "generic_array_typed",
        "{f}({array}, {i})",
        F,
        f=TYPED,
        array=Input(F, 1),
        i=Index("array", 0),
        tags="generic function_form",
        noun="bent",
    ),
    # Refused (corpus: generic_keyword).
    row("generic_keyword", "{f}({a}, {b}, t={t})", F, f=MIX, a=F, b=F, t=F, tags="generic function_form", noun="mixed"),
    row(
        "generic_array_plane",
        "{f}({array}, {i}, {j})",
        F,
        f=PLANE,
        array=Input(F, 2),
        i=Index("array", 0, own=True),
        j=Index("array", 1, own=True),
        tags="generic function_form",
        noun="doubled",
    ),
)

GENERICS: Rows = (*VALUES, *ARRAYS)
