"""Enumerations and flags."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.holes import Expr, Fresh, Spelled
from grammar.production import row, statement
from grammar.types import BOOL, FLOAT, INT, Scalar, TypeVariable

MODE = define(
    """
class {name}(IntEnum):
    IDLE = 0
    ACTIVE = 1
    RESTING = {last}
""",
    "Mode Phase Status",
    options={"last": ("2", "4", "7")},
)

FLAGS = define(
    """
class {name}(IntFlag):
    FIXED = 1
    VISIBLE = 2
    COLLIDES = 4
    BOTH = FIXED | VISIBLE
""",
    "Flags Traits Mask",
)

WIDE_FLAGS = (("", INT, ""), ("_typed", TypeVariable("I", (Scalar("uint32"), Scalar("uint8"), Scalar("int64"))), "{T}"))

ENUMS: Rows = (
    row("enum_equal", "{state} == {E}.ACTIVE", BOOL, E=MODE, state=INT, tags="enum condition", noun="is_active"),
    row(
        "enum_either",
        "{state} == {E}.ACTIVE or {state} == {E}.RESTING.value",
        BOOL,
        E=MODE,
        state=Expr(INT, varying=True),
        tags="enum condition",
        noun="is_known",
    ),
    row("enum_above", "{state} > int({E}.IDLE)", BOOL, E=MODE, state=INT, tags="enum condition", noun="is_busy"),
    row("enum_value", "{E}.RESTING + {n}", INT, E=MODE, n=INT, tags="enum", noun="code"),
    row(
        "enum_choice",
        "wp.where({test}, int({E}.ACTIVE), int({E}.IDLE))",
        INT,
        E=MODE,
        test=BOOL,
        tags="enum",
        noun="mode",
    ),
    row("enum_static", "wp.static({E}.RESTING) * {n}", INT, E=MODE, n=INT, tags="enum static", noun="code"),
    row("flag_set", "({flags} & {E}.FIXED) != 0", BOOL, E=FLAGS, flags=INT, tags="enum condition", noun="is_fixed"),
    row(
        "flag_both",
        "({flags} & {E}.BOTH) == {E}.BOTH",
        BOOL,
        E=FLAGS,
        flags=INT,
        tags="enum condition",
        noun="is_both",
    ),
    row("flag_truth", "not ({flags} & {E}.VISIBLE)", BOOL, E=FLAGS, flags=INT, tags="enum condition", noun="hidden"),
    *(
        row(
            f"flag_{name}{suffix}",
            template.replace("<", f"{cast}(" if cast else "").replace(">", ")" if cast else ""),
            of,
            E=FLAGS,
            flags=of,
            more={"T": Spelled(of)} if cast else {},
            tags="enum bits",
            noun="flags",
        )
        for suffix, of, cast in WIDE_FLAGS
        for name, template in (
            ("raised", "{flags} | <{E}.COLLIDES>"),
            ("toggled", "{flags} ^ <{E}.VISIBLE>"),
            ("kept", "{flags} & <{E}.BOTH>"),
        )
    ),
    row("flag_cleared", "{flags} & ~{E}.COLLIDES", INT, E=FLAGS, flags=INT, tags="enum bits", noun="flags"),
    row("flag_members", "{flags} | {E}.FIXED | {E}.COLLIDES", INT, E=FLAGS, flags=INT, tags="enum bits", noun="flags"),
    statement(
        "state_machine",
        "{next} = int({state})\nif {state} == {E}.IDLE and {starts}:\n    {next} = int({E}.ACTIVE)\nelif {state} == {E}.ACTIVE and {stops}:\n    {next} = int({E}.RESTING)\nelif {state} == {E}.RESTING:\n    {next} = int({E}.IDLE)",
        E=MODE,
        state=Expr(INT, varying=True),
        starts=Expr(BOOL),
        stops=Expr(BOOL),
        next=Fresh(INT, "next_state"),
        tags="enum branch multi idiom",
    ),
    statement(
        "flags_collected",
        "{flags} = int(0)\nif {a}:\n    {flags} |= {E}.FIXED\nif {b}:\n    {flags} |= {E}.VISIBLE | {E}.COLLIDES",
        E=FLAGS,
        a=Expr(BOOL),
        b=Expr(BOOL),
        flags=Fresh(INT, "flags"),
        tags="enum branch idiom",
    ),
    row(
        "enum_argument",
        "{f}({x}, {n})",
        FLOAT,
        f=define(
            """
class {Name}(IntEnum):
    LINEAR = 0
    SMOOTH = 1
    STEP = 2


@wp.func
def {name}_as(x: float, kind: int):
    if kind == {Name}.LINEAR:
        return x
    elif kind == {Name}.SMOOTH:
        return x * x * (3.0 - 2.0 * x)
    else:
        return wp.step(-x)


@wp.func
def {name}(x: float, kind: int = {Name}.{default}):
    return {name}_as(x, kind) + {name}_as(x, {Name}.SMOOTH)
""",
            "eased interpolated",
            options={"default": ("LINEAR", "SMOOTH")},
        ),
        x=FLOAT,
        n=Expr(INT),
        tags="enum function_form",
        noun="eased",
    ),
)
