"""Tiles indexed bracket after bracket: rows that are computed and then cut, gathers that are cut, places to assign.

Whether a bracket gives a part of the tile or an element decides what the next one means, and that follows from the type
of the index: rows differ in how an index is written, by names, literals, calls of every kind, operators, subscripts.
Every index lies inside its axis, and is the same for all threads of a block.
"""

from __future__ import annotations

from collections.abc import Mapping

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.holes import Expr, Fresh, Hole, Index, Input, Spelled, Thread
from grammar.production import Production, row, statement
from grammar.types import DOUBLE, FLOAT, INT, Pattern, TileOf, TypeVariable

F = TypeVariable("F", (FLOAT, DOUBLE))
SQUARE, PART, LINE, LONG = TileOf(F, (16, 16)), TileOf(F, (8,)), TileOf(F, (16,)), TileOf(F, (64,))
CUBE = TileOf(FLOAT, (4, 4, 4))
Holes = Mapping[str, Hole | Pattern]
ORDER: Holes = {"order": Fresh(HANDLE, "order", inner=True)}
PICKS: Holes = {"picks": Input(INT, 1, ((0, 1),)), "i": Index("picks", 0, own=True)}
I: Holes = {"i": Thread(0)}


def _chain(
    name: str, before: str, template: str, result: Pattern, of: Pattern, more: Holes, noun: str = "part"
) -> Production:
    """What a chain of subscripts gives; where something has to be computed before, a statement that gives it."""
    holes: Holes = {**more, "t": Expr(of)}
    if (before + template).count("{t}") > 1:
        holes = {**holes, "panel": Fresh(of, "panel", inner=True)}
        before = "\n".join(["{panel} = {t}", *filter(None, [before.replace("{t}", "{panel}")])])
        template = template.replace("{t}", "{panel}")
    if not before:
        return row(f"tile_chain_{name}", template, result, more=holes, tags="tile", needs="kernel", noun=noun)
    ordered = dict(sorted(holes.items(), key=lambda item: isinstance(item[1], Fresh)))
    text = f"{before}\n{{result}} = {template}"
    return statement(
        f"tile_chain_{name}", text, more={**ordered, "result": Fresh(result, noun)}, tags="idiom tile", needs="kernel"
    )


# --- a row whose number is computed, cut to its second half ---------------------------------------------------------

FUNCTION = define(
    """
@wp.func
def {name}(i: int, step: int = {step}) -> int:
    return (i * step + 1) & 15
""",
    "row_of strided",
    options={"step": ("3", "5")},
)
INFERRED = define(
    """
@wp.func
def {name}(i: int):
    return {body}
""",
    "shuffled mirrored_row",
    options={"body": ("(i ^ (i >> 1)) & 15", "15 - (i & 15)")},
)
OVERLOADED = define(
    """
@wp.func
def {name}(i: int):
    return i & 15


@wp.func
def {name}(cell: wp.vec2i):
    return (cell[0] + 4 * cell[1]) & 15
""",
    "slot_of place_of",
)
GENERIC = define(
    """
@wp.func
def {name}(i: Any):
    return int(i) & 15
""",
    "wrapped bounded",
)
APPLIED = define(
    """
@wp.func
def {name}_rule(i: int):
    return (i + {step}) & 15


@wp.func
def {name}(i: int, rule: wp.Function = {name}_rule):
    return rule(rule(i))
""",
    "twice_on advanced",
    options={"step": ("1", "3")},
)
NATIVE = define(
    """
@wp.func_native("return (i * 2654435761u) >> 28;")
def {name}(i: wp.uint32) -> wp.uint32: ...
""",
    "hashed scattered",
)
READING = define(
    """
@wp.func
def {name}(table: wp.array(dtype=int), i: int):
    return table[i] & 15
""",
    "looked_up row_in",
)
SMOOTH = define(
    """
@wp.func
def {name}(x: float):
    return {body}
""",
    "slope_of climb",
    options={"body": ("x * x", "2.0 * x + 1.0")},
)
WINDOW = define(
    """
@wp.struct
class {name}:
    start: int
    stop: int


@wp.func
def add(a: {name}, b: {name}):
    return {name}(a.start + b.start, a.stop + b.stop)
""",
    "Window Span Stretch",
)
EXTENT = define(
    """
@wp.func
def {name}(w: Any):
    return (w.stop - w.start + {shift}) & 15
""",
    "extent_of width_of",
    options={"shift": ("1", "2")},
)
RESULTS = define(
    """
@wp.func
def {name}(i: int):
    return i & 7, i & 15
""",
    "rows_near bounds_of",
)
CUT = define(
    """
@wp.func
def {name}(line: wp.tile(dtype={T}, shape=(16,))):
    return wp.tile_argmax(line)[0]


@wp.func
def {name}(line: wp.tile(dtype={T}, shape=(8,))):
    return 15 - wp.tile_argmin(line)[0]
""",
    "peak_in turning_point",
    types={"T": F},
)
PLACE = define("{name} = wp.int32", "Place Slot")
PAIR = define(
    """
@wp.func
def {name}(line: wp.tile(dtype={T}, shape=(8,))):
    return wp.tile_argmax(line)[0]
""",
    "peak_of",
    types={"T": F},
)
LANE = define(
    """
class {name}(IntEnum):
    FIRST = 0
    MIDDLE = {middle}
""",
    "Band Slot",
    options={"middle": ("4", "7")},
)
LAYOUT = define("class {name}:\n    ROW = {value}\n", "Places Layout", options={"value": ("1", "5")})
CENTER = define("{name} = wp.constant({value})", "ROW_OF_INTEREST CENTER_ROW", options={"value": ("2", "8")})
TEXTS = define("class {name}:\n    STORAGE = {home}\n", "Setup Memory", options={"home": ('"shared"', '"register"')})
EVENS = "wp.tile_arange(0, 16, 2, dtype=int)"
BEFORE = f"{{order}} = {EVENS}"

WINDOWS: Holes = {"W": WINDOW, "f": EXTENT}

# How the row's number is written; what is computed before; what is defined for it.
NUMBERS: tuple[tuple[str, str, str, Holes], ...] = (
    ("literal", "3", "", {}),
    ("last", "-1", "", {}),
    ("constant", "{d}", "", {"d": CENTER}),
    ("enum", "{d}.MIDDLE", "", {"d": LANE}),
    ("attribute", "{d}.ROW", "", {"d": LAYOUT}),
    ("static", "wp.static(5)", "", {}),
    ("block", "{i} & 15", "", I),
    ("builtin", "wp.min({i}, 15)", "", I),
    ("converted", "int({i} & 7)", "", I),
    ("of_vector", "wp.vec2i({i} & 3, 1)[0]", "", I),
    ("default", "{f}({i})", "", {**I, "f": FUNCTION}),
    ("keyword", "{f}({i}, step=7)", "", {**I, "f": FUNCTION}),
    ("keyword_element", "{f}(3, step={picks}[{i}])", "", {**PICKS, "f": FUNCTION}),
    ("element_argument", "{f}({picks}[{i}])", "", {**PICKS, "f": FUNCTION}),
    ("inferred", "{f}({i})", "", {**I, "f": INFERRED}),
    ("overloaded", "{f}(wp.vec2i({i}, 1))", "", {**I, "f": OVERLOADED}),
    ("generic", "{f}({i})", "", {**I, "f": GENERIC}),
    ("applied", "{f}({i})", "", {**I, "f": APPLIED}),
    ("native", "{f}(wp.uint32({i}))", "", {**I, "f": NATIVE}),
    ("static_function", "wp.static({f})({i})", "", {**I, "f": INFERRED}),
    (
        "function_alias",
        "{g}({i})",
        "{g} = {f}",
        {**I, "f": INFERRED, "g": Fresh(HANDLE, "rule", inner=True)},
    ),
    ("array_argument", "{f}({picks}, {i})", "", {**PICKS, "f": READING}),
    ("gradient", "int(wp.grad({f})(2.0))", "", {"f": SMOOTH}),
    ("struct", "{f}({W}({i}, 9))", "", {**I, **WINDOWS}),
    ("struct_keywords", "{f}({W}(start=2, stop={i}))", "", {**I, **WINDOWS}),
    ("struct_default", "{f}({W}())", "", WINDOWS),
    ("struct_sum", "{f}({w} + {w})", "{w} = {W}(1, {i})", {**I, **WINDOWS, "w": Fresh(HANDLE, "window", inner=True)}),
    ("type_alias", "{P}({i}) & 15", "", {**I, "P": PLACE}),
    ("tile_argument", "{f}({t}[0][:8])", "", {"f": PAIR}),
    ("overloaded_tile", "{f}({t}[3][8:])", "", {"f": CUT}),
    ("results", "len({f}({i})) + 3", "", {**I, "f": RESULTS}),
    ("least_apart", "wp.tile_argmin({t}[0, 2:10] - {other})[0]", "", {"other": Expr(PART)}),
    ("element", "{picks}[{i}] & 15", "", PICKS),
    ("negative_element", "-({picks}[{i}] & 15)", "", PICKS),
    ("inverted", "~{i} & 15", "", I),
    ("chosen", "{i} & 15 if {i} < 100 else 3", "", I),
    ("conversion", "wp.int32(wp.float32({i} & 7) * 0.5)", "", I),
    ("named", "wp.clamp(low=0, high=15, x={i})", "", I),
    ("component", "{cell}.y & 15", "{cell} = wp.vec2i(3, {i})", {**I, "cell": Fresh(HANDLE, "cell", inner=True)}),
    ("shape", "{sizes}[1] - 1", "{sizes} = (8, 16)", {"sizes": Fresh(HANDLE, "sizes", inner=True)}),
    ("tuple", "({i} & 7, 8)[1]", "", I),
    ("extracted", "wp.tile_extract({order}, 2)", BEFORE, ORDER),
    ("peak", "wp.tile_argmax({t}[0])[0]", "", {}),
    ("least", "wp.tile_argmin({t}[0] - {t}[1])[0]", "", {}),
    ("least_part", "wp.tile_argmin({t}[0, 2:10] - {t}[1][8:])[0]", "", {}),
    ("length", "wp.tile_arange(len({order}), dtype=int)[2]", BEFORE, ORDER),
    ("typed", "wp.tile_full(4, 3, dtype=type({i}))[{i} & 3]", "", I),
    (
        "loaded",
        "wp.tile_load({table}, shape=(1, 8), offset=({table}.shape[0] - 1, 0))[0, 2] & 15",
        "",
        {"table": Input(INT, 2, ((None, 1), (None, 8)))},
    ),
    (
        "cell",
        "{cells}[3, 1]",
        "{cells} = wp.tile_full(8, wp.vec2i(5, 2), dtype=wp.vec2i)",
        {"cells": Fresh(HANDLE, "cells", inner=True)},
    ),
)
ROWS: Rows = (
    *(
        _chain(f"row_{name}", before, f"{{t}}[{index}][8:]", PART, SQUARE, more)
        for name, index, before, more in NUMBERS
    ),
    # Both names stand for elements: of an array that the kernel reads.
    _chain(
        "row_pair",
        "{first}, {second} = {picks}[{i}], {picks}[0]",
        "{t}[{first} & 15][8:] + {t}[{second} & 15][:8]",
        PART,
        SQUARE,
        {
            **PICKS,
            "first": Fresh(HANDLE, "first", inner=True),
            "second": Fresh(HANDLE, "second", inner=True),
        },
    ),
    _chain(
        "row_unrolled",
        "{panel} = {t}\n{total} = wp.tile_zeros(shape=8, dtype={T})\n"
        "for {k} in range(4):\n    {total} += {panel}[wp.static(3 * {k} + 1)][8:]",
        "{total}[::-1]",
        PART,
        SQUARE,
        {
            "panel": Fresh(SQUARE, "panel", inner=True),
            "T": Spelled(F),
            "total": Fresh(HANDLE, "total", inner=True),
            "k": Fresh(HANDLE, "k", inner=True),
        },
    ),
)

# --- a gather, and one of what it gave ------------------------------------------------------------------------------

FOLD = define(
    """
@wp.func
def {name}(k: int):
    return {body}
""",
    "folded interleaved",
    options={"body": ("(k * 5 + 2) & 15", "15 - k", "k ^ 1")},
)
REORDER = define(
    """
@wp.func
def {name}(order: wp.tile(dtype=int, shape=(8,))):
    return {body}
""",
    "reordered stretched",
    options={"body": ("order + order", "wp.tile_map(wp.max, order, 3)")},
)
COUNT = define("{name} = {value}", "TAPS LANES_READ", options={"value": ("4", "8")})
EIGHT = "{order} = wp.tile_arange(8, dtype=int)"
TABLE: Holes = {"table": Fresh(HANDLE, "table", inner=True)}
GRID = "{table} = wp.tile_reshape(wp.tile_arange(64, dtype=int), shape=(8, 8))"

MIDDLE = define(
    """
@wp.func
def {name}(order: Any):
    return order[3] & 15
""",
    "middle_of",
)

# How the tile of indices is written; what is computed before; what is defined for it.
GATHERS: tuple[tuple[str, str, str, Holes], ...] = (
    ("sum", "{order} + {order}", EIGHT, ORDER),
    ("doubled", "{order} * 2", EIGHT, ORDER),
    ("negated", "-{order}", "{order} = wp.tile_arange(1, 9, dtype=int)", ORDER),
    ("shifted", "wp.tile_arange(4, dtype=wp.int32) + wp.tile_full(4, {i} & 7, dtype=wp.int32)", "", I),
    ("reversed", "{order}[::-1]", BEFORE, ORDER),
    ("reversed_sum", "{order}[:4] + {order}[4:]", EIGHT, ORDER),
    ("mapped", "wp.tile_map({f}, {order})", EIGHT, {**ORDER, "f": FOLD}),
    (
        "mapped_alias",
        "wp.tile_map({g}, {order})",
        EIGHT + "\n{g} = {f}",
        {**ORDER, "f": FOLD, "g": Fresh(HANDLE, "fold", inner=True)},
    ),
    ("absolute", "wp.tile_map(wp.abs, {order})", "{order} = wp.tile_arange(-4, 4, dtype=int)", ORDER),
    ("full", "wp.tile_full(4, {i} & 15, dtype=int)", "", I),
    ("of_element", "wp.tile_full(4, {picks}[{i}] & 15, dtype=int)", "", PICKS),
    ("zeros", "wp.tile_zeros(4, int)", "", {}),
    ("stored", "wp.tile_full(shape=4, value=3, dtype=int, storage={d}.STORAGE)", "", {"d": TEXTS}),
    (
        "shaped",
        "wp.tile_full(shape={shape}, value=1, dtype=int)",
        "{shape} = (8,)",
        {"shape": Fresh(HANDLE, "shape", inner=True)},
    ),
    ("constant", "wp.tile_full(shape=({n},), value=5, dtype=int)", "", {"n": COUNT}),
    ("function", "{f}({order})", EIGHT, {**ORDER, "f": REORDER}),
    ("nested", "{order}[{order}]", "{order} = wp.tile_arange(7, -1, -1, dtype=int)", ORDER),
    ("matrix_row", "{table}[1]", GRID.replace("64", "16").replace("(8, 8)", "(2, 8)"), TABLE),
)
TABLES: tuple[tuple[str, str], ...] = (
    ("row", "{table}[{i} & 7]"),
    ("column", "{table}[:, 1]"),
    ("part", "{table}[2, :4]"),
    ("columns", "{table}[:, 2:4][:, 1]"),
    ("gathered", "{table}[wp.tile_arange(7, -1, -1, dtype=int), :][2]"),
)
TAKEN: Rows = (
    *(
        _chain(f"gather_{name}", before, f"{{t}}[{index}][2]", F, LINE, more, "entry")
        for name, index, before, more in GATHERS
    ),
    *(
        _chain(
            f"gather_table_{name}",
            GRID,
            f"{{t}}[{index}][2]",
            F,
            LONG,
            {**TABLE, **(I if "{i}" in index else {})},
            "entry",
        )
        for name, index in TABLES
    ),
)

# --- parts of parts -------------------------------------------------------------------------------------------------

Part = tuple[str, str, str, Pattern, Pattern, Holes]
PARTS: tuple[Part, ...] = (
    ("rows_row_half", "", "{t}[2:10][1][::2]", PART, SQUARE, {}),
    ("rows_reversed", "", "{t}[4:12][::-1]", TileOf(F, (8, 16)), SQUARE, {}),
    ("corner_element", "", "{t}[0:8, 8:16][::-1][0, 3]", F, SQUARE, {}),
    ("corner_row", "", "{t}[:8, 8:][-1]", PART, SQUARE, {}),
    ("column_half", "", "{t}[:, {i} & 15][8:]", PART, SQUARE, I),
    ("last_row_gathered", BEFORE, "{t}[-1][{order}]", PART, SQUARE, ORDER),
    ("row_gathered", BEFORE, "{t}[{i} & 15][{order}]", PART, SQUARE, {**I, **ORDER}),
    ("gathered_rows", BEFORE, "{t}[{order}][2:][3][8:]", PART, SQUARE, ORDER),
    ("gathered_columns", BEFORE, "{t}[:, {order}][3]", PART, SQUARE, ORDER),
    ("gathered_rows_comma", "", "{t}[wp.tile_arange(8, dtype=int), :][1, 2]", F, SQUARE, {}),
    ("gathered_twice", BEFORE, "{t}[{order}][:, {order}]", TileOf(F, (8, 8)), SQUARE, ORDER),
    ("element", "", "{t}[{i} & 15][3]", F, SQUARE, I),
    (
        "elements",
        "{k} = {i} & 15",
        "{t}[{k}][{k}] + {t}[2][{k}]",
        F,
        SQUARE,
        {**I, "k": Fresh(HANDLE, "k", inner=True)},
    ),
    ("generic_part", EIGHT, "{t}[{f}({order}[:4])][8:]", PART, SQUARE, {**ORDER, "f": MIDDLE}),
    ("long_half", "", "{t}[:32][::4]", PART, LONG, {}),
    ("long_gathered_half", "", "{t}[wp.tile_arange(0, 32, 2, dtype=int)][:8]", PART, LONG, {}),
    ("transposed", "", "wp.tile_transpose({t})[2:10][0]", LINE, SQUARE, {}),
    ("difference", "", "({t} - {other})[:8][1]", LINE, SQUARE, {"other": Expr(SQUARE)}),
    ("cube_slice", "", "{t}[1][2:4][0, 1]", FLOAT, CUBE, {}),
    ("cube_element", "", "{t}[1][2][3]", FLOAT, CUBE, {}),
    ("cube_row_element", "", "{t}[{i} & 3, 1][3]", FLOAT, CUBE, I),
)

# --- places to assign -----------------------------------------------------------------------------------------------


def _assigned(name: str, template: str, more: Holes) -> Production:
    """A tile that is put together of parts."""
    return statement(
        f"tile_chain_{name}",
        f"{{result}} = wp.tile_zeros(shape=(16, 16), dtype={{T}})\n{template}",
        more={**more, "T": Spelled(F), "result": Fresh(SQUARE, "assembled")},
        tags="idiom tile",
        needs="kernel",
    )


ASSIGNED: Rows = (
    _assigned("assign_rows", "{result}[8:] = {part}", {"part": Expr(TileOf(F, (8, 16)))}),
    _assigned(
        "assign_corners",
        "{result}[:8, :8] = {part}\n{result}[8:, 8:] = {part}",
        {"part": Expr(TileOf(F, (8, 8)))},
    ),
    _assigned("assign_row", "{result}[2] = {line}\n{result}[-1] = {line}", {"line": Expr(LINE)}),
    _assigned("assign_column", "{result}[:, 3] = {line}", {"line": Expr(LINE)}),
    _assigned("assign_even_rows", "{result}[::2] = {part}", {"part": Expr(TileOf(F, (8, 16)))}),
    _assigned("assign_row_of_rows", "{result}[4:12][1] = {line}", {"line": Expr(LINE)}),
    _assigned("assign_rows_of_rows", "{result}[::-1][:8] = {part}", {"part": Expr(TileOf(F, (8, 16)))}),
    _assigned("assign_half_row", "{result}[{i} & 15][8:] = {part}", {**I, "part": Expr(PART)}),
    _assigned("assign_half_row_function", "{result}[{f}({i})][:8] = {part}", {**I, "f": FUNCTION, "part": Expr(PART)}),
    _assigned("assign_from_rows", "{result}[:8][2:6] = {t}[8:][:4]", {"t": Expr(SQUARE)}),
    _assigned("assign_from_gather", "{result}[1] = {t}[3][wp.tile_arange(15, -1, -1, dtype=int)]", {"t": Expr(SQUARE)}),
    _assigned("assign_element", "{result}[2][3] = {x}", {"x": Expr(F, varying=True)}),
    _assigned("assign_element_of_rows", "{result}[:8][2][{i} & 15] = {x}", {**I, "x": Expr(F, varying=True)}),
)

TILE_CHAINS: Rows = (
    *ROWS,
    *TAKEN,
    *(_chain(name, before, template, result, of, more) for name, before, template, result, of, more in PARTS),
    *ASSIGNED,
)
