"""Local arrays of a fixed shape: windows, histograms, stacks, tables, small sorts."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.holes import Const, Expr, Fresh, Hole, Index, Input, Length, SizeOf, Spelled
from grammar.production import statement
from grammar.types import FLOAT, FLOATS, INT, Pattern, Scalar, Size, TypeVariable, VectorOf

F = TypeVariable("F", tuple(Scalar(name) for name in FLOATS))

R = TypeVariable("F", (Scalar("float32"), Scalar("float64")))

I = TypeVariable("I", tuple(map(Scalar, ("int32", "uint32", "uint8", "int64"))))

K = Size("K", (3, 5))

FEW = Size("K", (4, 8))

TAGS = "local_array idiom"


def _inner(**nouns: str) -> dict[str, Hole | Pattern]:
    """Locals of the row alone; counters are integers."""
    return {name: Fresh(INT, noun, inner=True) for name, noun in nouns.items()}


WINDOW = """{w} = wp.zeros(shape={size}, dtype={T})
for {k} in range({size}):
    {w}[{k}] = {array}[wp.clamp({i} + {k} - {size} // 2, 0, {n} - 1)]
"""

AROUND: dict[str, Hole | Pattern] = {
    "size": Length(K),
    "T": Spelled(R),
    "array": Input(R, 1),
    "i": Index("array", 0),
    "n": SizeOf("i"),
    "w": Fresh(HANDLE, "window", inner=True),
}

WINDOWS: Rows = (
    statement(
        "window_mean",
        "{total} = {T}(0.0)\n" + WINDOW + "for {l} in range({size}):\n    {total} += {w}[{l}] / {T}({size})",
        more=AROUND | _inner(k="k", l="l"),
        total=Fresh(R, "mean"),
        tags=f"{TAGS} stencil loop",
        needs="kernel",
    ),
    statement(
        "window_median",
        WINDOW
        + "for {k} in range({size}):\n    for {l} in range({size} - 1):\n        if {w}[{l}] > {w}[{l} + 1]:\n            {h} = {w}[{l}]\n            {w}[{l}] = {w}[{l} + 1]\n            {w}[{l} + 1] = {h}\n{median} = {w}[{size} // 2]",
        more=AROUND | _inner(k="k", l="l"),
        h=Fresh(HANDLE, "held", inner=True),
        median=Fresh(R, "median"),
        tags=f"{TAGS} stencil loop branch",
        needs="kernel",
    ),
    statement(
        "window_insertion_sort",
        WINDOW
        + "for {k} in range(1, {size}):\n    {h} = {w}[{k}]\n    {l} = int({k})\n    while {l} > 0 and {w}[{l} - 1] > {h}:\n        {w}[{l}] = {w}[{l} - 1]\n        {l} -= 1\n    {w}[{l}] = {h}\n{span} = {w}[{size} - 1] - {w}[0]",
        more=AROUND | _inner(k="k", l="place"),
        h=Fresh(HANDLE, "held", inner=True),
        span=Fresh(R, "span"),
        tags=f"{TAGS} stencil loop while",
        needs="kernel",
    ),
    statement(
        "window_slice",
        WINDOW + "{middle} = {w}[1:{size}]\n{y} = {middle}[0] - {w}[-1] + {middle}[{middle}.shape[0] - 1]",
        more=AROUND | _inner(k="k"),
        middle=Fresh(HANDLE, "middle", inner=True),
        y=Fresh(R, "contrast"),
        tags=f"{TAGS} stencil slice loop",
        needs="kernel",
    ),
)

GATHERED: Rows = (
    statement(
        "histogram",
        "{bins} = wp.zeros(shape={size}, dtype=int)\nfor {k} in range({array}.shape[0]):\n    {bins}[({array}[{k}] >> {shift}) & ({size} - 1)] += 1\n{best} = int(0)\nfor {l} in range(1, {size}):\n    if {bins}[{l}] > {bins}[{best}]:\n        {best} = {l}",
        size=Length(FEW),
        array=Input(INT, 1),
        shift=Const(INT, (2, 3, 4)),
        bins=Fresh(HANDLE, "bins", inner=True),
        more=_inner(k="k", l="l"),
        best=Fresh(INT, "fullest"),
        tags=f"{TAGS} loop branch reduction",
        needs="kernel",
    ),
    statement(
        "stack_walk",
        "{stack} = wp.zeros(shape=16, dtype=int)\n{stack}[0] = {start} & 255\n{depth} = int(1)\n{sum} = int(0)\nwhile {depth} > 0:\n    {depth} -= 1\n    {node} = {stack}[{depth}]\n    {sum} += {node}\n    if {node} > 1 and {depth} < 14:\n        {stack}[{depth}] = {node} >> 1\n        {stack}[{depth} + 1] = {node} >> 2\n        {depth} += 2",
        start=Expr(INT, varying=True),
        stack=Fresh(HANDLE, "stack", inner=True),
        more=_inner(depth="depth", node="node"),
        sum=Fresh(INT, "visited"),
        tags=f"{TAGS} loop while branch",
    ),
    statement(
        "ring_buffer",
        "{ring} = wp.zeros({size}, dtype={T})\n{total} = {T}(0.0)\nfor {k} in range({array}.shape[0]):\n    {total} += {array}[{k}] - {ring}[{k} % {size}]\n    {ring}[{k} % {size}] = {array}[{k}]",
        size=Length(FEW),
        T=Spelled(R),
        array=Input(R, 1),
        ring=Fresh(HANDLE, "ring", inner=True),
        more=_inner(k="k"),
        total=Fresh(R, "moving_sum"),
        tags=f"{TAGS} loop reduction",
        needs="kernel",
    ),
    statement(
        "prefix_sums",
        "{sums} = wp.zeros(shape={size}, dtype={T})\n{sums}[0] = {a}\nfor {k} in range(1, {size}):\n    {sums}[{k}] = {sums}[{k} - 1] * {T}(0.5) + {b}\n{y} = {sums}[{size} - 1] + {sums}[1]",
        size=Length(FEW),
        T=Spelled(F),
        a=Expr(F),
        b=Expr(F),
        sums=Fresh(HANDLE, "sums", inner=True),
        more=_inner(k="k"),
        y=Fresh(F, "accumulated"),
        tags=f"{TAGS} loop",
    ),
    statement(
        "augmented_elements",
        "{v} = wp.zeros(shape=4, dtype={T})\n{v}[0] += {a}\n{v}[1] -= {b}\n{v}[2] = {v}[0]\n{v}[2] *= {v}[1]\n{v}[3] = {v}[2] + {T}(1.0)\n{v}[3] /= {T}(2.0)\n{y} = {v}[2] + {v}[3] + {v}[-1]",
        T=Spelled(F),
        a=Expr(F),
        b=Expr(F),
        v=Fresh(HANDLE, "values", inner=True),
        y=Fresh(F, "mixed"),
        tags=TAGS,
    ),
    statement(
        "augmented_integers",
        "{v} = wp.zeros(shape=3, dtype={T})\n{v}[0] = {a}\n{v}[0] |= {b}\n{v}[1] = {a} ^ {b}\n{v}[1] &= {v}[0]\n{v}[2] += {v}[0]\n{v}[2] ^= {v}[1]\n{v}[2] <<= {T}(1)\n{v}[1] >>= {T}(2)\n{v}[0] %= {T}(7)\n{v}[1] //= {T}(3)\n{y} = {v}[0] + {v}[1] + {v}[2]",
        T=Spelled(I),
        a=Expr(I, varying=True),
        b=Expr(I),
        v=Fresh(HANDLE, "words", inner=True),
        y=Fresh(I, "mixed"),
        tags=f"{TAGS} bits",
    ),
)

PLANES: Rows = (
    statement(
        "local_table",
        "{m} = wp.zeros(shape=(2, {size}), dtype={T})\nfor {k} in range({size}):\n    {m}[0, {k}] = {a} * {T}({k} + 1)\n    {m}[1][{k}] = {b}\n    {m}[1, {k}] += {m}[0, {k}]\n{line} = {m}[1]\n{y} = {line}[{size} - 1] + {m}[0, 1] + {T}({m}.shape[1] + len({m}))",
        size=Length(K),
        T=Spelled(F),
        a=Expr(F),
        b=Expr(F),
        m=Fresh(HANDLE, "table", inner=True),
        line=Fresh(HANDLE, "line", inner=True),
        more=_inner(k="k"),
        y=Fresh(F, "combined"),
        tags=f"{TAGS} loop",
    ),
    statement(
        "local_cube",
        "{m} = wp.zeros(shape=(2, 2, 2), dtype={T})\nfor {k} in range(2):\n    for {l} in range(2):\n        {m}[{k}, {l}, 0] = {a} * {T}({k} + 1)\n        {m}[{k}, {l}, 1] -= {b}\n{y} = {m}[0, 0, 0] + {m}[1, 1, 1] * {m}[0][1][0]",
        T=Spelled(R),
        a=Expr(R),
        b=Expr(R),
        m=Fresh(HANDLE, "corners", inner=True),
        more=_inner(k="k", l="l"),
        y=Fresh(R, "trilinear"),
        tags=f"{TAGS} loop",
    ),
    statement(
        "local_vectors",
        "{p} = wp.zeros(shape=3, dtype={V})\n{p}[0] = {u}\n{p}[1] = {v} * {a}\n{p}[1].x += {a}\n{p}[2].y = {a}\n{p}[2][0] = {p}[0][2]\n{p}[2] += {p}[1]\n{normal} = wp.cross({p}[1] - {p}[0], {p}[2] - {p}[0])",
        V=Spelled(VectorOf(3, R)),
        u=Expr(VectorOf(3, R)),
        v=Expr(VectorOf(3, R)),
        a=Expr(R),
        p=Fresh(HANDLE, "corners", inner=True),
        normal=Fresh(VectorOf(3, R), "normal"),
        tags=f"{TAGS} vector",
    ),
    statement(
        "local_structs",
        "{hits} = wp.zeros(shape=2, dtype={C})\n{hits}[0] = {C}({a}, {n})\n{hits}[1].distance = {b}\n{hits}[1].face += {n}\n{nearest} = {hits}[0]\nif {hits}[1].distance < {nearest}.distance:\n    {nearest} = {hits}[1]\n{d} = {nearest}.distance * float({nearest}.face)",
        C=define(
            """
@wp.struct
class {name}:
    distance: float
    face: int
""",
            "HitEntry CandidateHit",
        ),
        a=Expr(FLOAT),
        b=Expr(FLOAT),
        n=Expr(INT),
        hits=Fresh(HANDLE, "hits", inner=True),
        nearest=Fresh(HANDLE, "nearest", inner=True),
        d=Fresh(FLOAT, "score"),
        tags=f"{TAGS} structs branch",
    ),
    statement(
        "local_to_function",
        "{v} = wp.zeros(shape={size}, dtype={T})\nfor {k} in range({size}):\n    {v}[{k}] = {a} * {T}({k} + 1)\n{y} = {f}({v}, {size})",
        size=Length(FEW),
        T=Spelled(R),
        f=define(
            """
@wp.func
def {name}(values: wp.array(dtype={T}), count: int):
    total = {T}(0.0)
    for i in range(count):
        total += values[i] * values[i]
    return total
""",
            "energy_in sum_squares",
            types={"T": R},
        ),
        a=Expr(R),
        v=Fresh(HANDLE, "values", inner=True),
        more=_inner(k="k"),
        y=Fresh(R, "energy"),
        tags=f"{TAGS} loop function_form",
    ),
    statement(
        "local_from_function",
        "{v} = {f}({a}, {b})\n{y} = {v}[0] * {v}[2] + {v}[1]",
        f=define(
            """
@wp.func
def {name}(a: {T}, b: {T}):
    values = wp.zeros(shape=3, dtype={T})
    values[0] = a
    values[1] = b
    values[2] = a * b
    return values
""",
            "basis_at moments_of",
            types={"T": R},
        ),
        a=Expr(R),
        b=Expr(R),
        v=Fresh(HANDLE, "basis", inner=True),
        y=Fresh(R, "value"),
        tags=f"{TAGS} function_form",
    ),
    statement(
        "local_in_branch",
        "{v} = wp.zeros(shape=2, dtype={T})\nif {a} > {b}:\n    {v}[0] = {a}\nelse:\n    {v}[1] = {b}\n{y} = {v}[0] - {v}[1]",
        T=Spelled(F),
        a=Expr(F, varying=True),
        b=Expr(F, varying=True),
        v=Fresh(HANDLE, "sides", inner=True),
        y=Fresh(F, "signed"),
        tags=f"{TAGS} branch",
    ),
)


LOCAL_ARRAYS: Rows = (*WINDOWS, *GATHERED, *PLANES)
