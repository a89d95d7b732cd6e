"""Tiles indexed twice, by every kind of index: what the first bracket gives decides what the second one means."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.production import Define, Fresh, Thread, row, statement
from grammar.types import DOUBLE, FLOAT, INT, TileOf, TypeVariable

F = TypeVariable("F", (FLOAT, DOUBLE))
BLOCK = TileOf(F, (16, 16))
LANE = define(
    """
class {name}(IntEnum):
    FIRST = 0
    MIDDLE = {middle}
""",
    "Lane Slot",
    options={"middle": ("4", "7")},
)
ROW = define("{name} = wp.constant({value})", "ROW_OF_INTEREST CENTER_ROW", options={"value": ("2", "8")})
PLACES = define(
    """
class {name}:
    ROW = {value}
""",
    "Places Layout",
    options={"value": ("1", "5")},
)
NEXT = define(
    """
@wp.func
def {name}(i: int):
    return (i + {step}) & 15
""",
    "next_row following",
    options={"step": ("1", "3")},
)

SEAT = define(
    """
@wp.struct
class {name}:
    row: int
    column: int
""",
    "Seat Site",
)
PAIRED = define(
    """
@wp.func
def {name}_pair(i: int):
    return i & 7, i & 3


@wp.func
def {name}(i: int):
    row, column = {name}_pair(i)
    return row + column
""",
    "folded_row",
)

# The first bracket's index, and what is defined for it. The block's own index is the same for all of its threads.
INDICES: tuple[tuple[str, str, Define | None], ...] = (
    ("literal", "3", None),
    ("negative", "-1", None),
    ("constant", "{d}", ROW),
    ("enum", "{d}.MIDDLE", LANE),
    ("attribute", "{d}.ROW", PLACES),
    ("sum", "{i} % 8 + 1", None),
    ("negated", "-({i} % 8)", None),
    ("builtin", "wp.min({i}, 15)", None),
    ("keyword", "wp.clamp({i}, low=0, high=15)", None),
    ("function", "{d}({i})", NEXT),
    ("conversion", "int({i} & 7)", None),
    ("typed", "wp.int32({i} & 7)", None),
    ("component", "wp.vec2i({i} & 3, 1)[0]", None),
    ("static", "wp.static(5)", None),
    ("nested", "wp.vec2i({i} & 3, wp.abs(-2))[1]", None),
    ("number", "int(wp.clamp(float({i}), 0.0, 15.0))", None),
    ("struct", "{d}({i} & 7, 2).row", SEAT),
    ("through", "{d}({i})", PAIRED),
)
TILE_SUBSCRIPTS: Rows = (
    *(
        row(
            f"tile_twice_{name}",
            "{t}[" + index + "][2]",
            F,
            t=BLOCK,
            more={**({} if given is None else {"d": given}), **({"i": Thread(0)} if "{i}" in index else {})},
            tags="tile",
            needs="kernel",
            noun="entry",
        )
        for name, index, given in INDICES
    ),
    *(
        row(f"tile_twice_{name}", template, result, t=BLOCK, tags="tile", needs="kernel", noun="part")
        for name, template, result in (
            ("slice", "{t}[::2][1]", TileOf(F, (16,))),
            ("slice_element", "{t}[0:8][1][3]", F),
            ("slice_of_row", "{t}[2][8:]", TileOf(F, (8,))),
            ("gathered", "{t}[wp.tile_arange(8, dtype=int)][2]", TileOf(F, (16,))),
            ("gathered_element", "{t}[wp.tile_arange(8, dtype=int)][1][2]", F),
            ("gathered_of_row", "{t}[1][wp.tile_arange(8, dtype=int)]", TileOf(F, (8,))),
            ("gathered_comma", "{t}[wp.tile_arange(8, dtype=int), :][1, 2]", F),
        )
    ),
    statement(
        "tile_twice_orders",
        "{order} = wp.tile_arange(8, dtype=int)\n{x} = {t}[{order}[::2]][1][2] + {t}[{order}[2]][3] + {t}[{order} + {order}][1][4]",
        t=BLOCK,
        order=Fresh(HANDLE, "order", inner=True),
        x=Fresh(F, "mixed"),
        tags="tile",
        needs="kernel",
    ),
    statement(
        "tile_twice_names",
        "{order} = wp.tile_arange(15, -1, -1, dtype=int)\n{k} = int(1)\n{line} = {t}[{order}][{k}]\n{x} = {line}[2] + {t}[{k}][{k} + 1] + {t}[{k} + 1][{order}][3]",
        t=BLOCK,
        order=Fresh(HANDLE, "order", inner=True),
        k=Fresh(INT, "k", inner=True),
        line=Fresh(HANDLE, "line", inner=True),
        x=Fresh(F, "mixed"),
        tags="tile",
        needs="kernel",
    ),
)
