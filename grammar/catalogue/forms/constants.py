"""Constants of every type, also those that are not finite."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, at_widths, define
from grammar.holes import Expr, Fresh, Spelled
from grammar.production import row, statement
from grammar.types import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT,
    INTEGERS,
    Matrix,
    MatrixOf,
    QuaternionOf,
    Scalar,
    TypeVariable,
    Vector,
    VectorOf,
)


def _made(*values: str) -> tuple[str, ...]:
    """Ways to write a constant of a compound type."""
    return tuple(
        text.replace("values", given) for text in ("wp.constant({V}(values))", "{V}(values)") for given in values
    )


def _constants(real: TypeVariable, suffix: str) -> Rows:
    """Constants of vectors, matrices, quaternions, transformations, and of numbers that are not finite."""
    vec3, vec2, mat2, quat = VectorOf(3, real), VectorOf(2, real), MatrixOf(2, 2, real), QuaternionOf(real)
    axis = define(
        "{name} = {made}",
        "GRAVITY UP_AXIS WIND",
        types={"V": vec3},
        options={"made": _made("0.0, -9.81, 0.0", "0.0, 1.0, 0.0")},
    )
    tile = define(
        "{name} = {made}", "ORIGIN CELL_SIZE", types={"V": vec2}, options={"made": _made("0.5, 0.25", "1.0, 2.0")}
    )
    shear = define(
        "{name} = {made}",
        "SHEAR METRIC",
        types={"V": mat2},
        options={"made": _made("1.0, 0.5, 0.0, 1.0", "2.0, 0.0, 0.0, 0.5")},
    )
    turn = define(
        "{name} = {made}",
        "QUARTER_TURN REST_POSE",
        types={"V": quat},
        options={"made": _made("0.0, 0.0, 0.7071, 0.7071", "0.0, 0.0, 0.0, 1.0")},
    )
    number = define(
        "{name} = wp.constant({V}({value}))",
        "RATE SHARE FRACTION",
        types={"V": real},
        options={"value": ("0.5", "2.0", "0.1")},
    )
    endless = define(
        "{name} = {value}", "UNREACHED NO_LIMIT", types={"V": real}, options={"value": ("{V}(wp.inf)", "{V}(math.inf)")}
    )
    return (
        row(
            f"constant_vector{suffix}",
            "{v} + {C}",
            vec3,
            C=axis,
            v=Expr(vec3),
            tags="constant_value vector",
            noun="moved",
        ),
        row(
            f"constant_dot{suffix}",
            "wp.dot({v}, {C})",
            real,
            C=axis,
            v=Expr(vec3),
            tags="constant_value vector",
            noun="height",
        ),
        row(
            f"constant_component{suffix}",
            "{x} - {C}.y",
            real,
            C=tile,
            x=Expr(real),
            tags="constant_value",
            noun="shifted",
        ),
        row(
            f"constant_index{suffix}", "{x} * {C}[0]", real, C=tile, x=Expr(real), tags="constant_value", noun="scaled"
        ),
        row(
            f"constant_matrix{suffix}",
            "{C} * {v}",
            vec2,
            C=shear,
            v=Expr(vec2),
            tags="constant_value matrix",
            noun="sheared",
        ),
        row(f"constant_element{suffix}", "{x} + {C}[0, 1]", real, C=shear, x=Expr(real), tags="constant_value matrix"),
        row(f"constant_number{suffix}", "{x} * {C}", real, C=number, x=Expr(real), tags="constant_value", noun="share"),
        row(
            f"constant_rotation{suffix}",
            "wp.quat_rotate({C}, {v})",
            vec3,
            C=turn,
            v=Expr(vec3),
            tags="constant_value quaternion",
            noun="turned",
        ),
        row(
            f"constant_infinity{suffix}",
            "wp.min({x}, {C})",
            real,
            C=endless,
            x=Expr(real),
            tags="constant_value",
            noun="limited",
        ),
        statement(
            f"least_of_infinity{suffix}",
            "{best} = {T}(wp.inf)\nfor {k} in range(3):\n    {best} = wp.min({best}, {v}[{k}])",
            T=Spelled(real),
            v=Expr(vec3),
            k=Fresh(INT, "k", inner=True),
            best=Fresh(real, "least"),
            tags="constant_value loop vector",
        ),
        statement(
            f"greatest_of_infinity{suffix}",
            "{best} = -{C}\nfor {k} in range(3):\n    {best} = wp.max({best}, wp.abs({v}[{k}]))",
            C=endless,
            v=Expr(vec3),
            k=Fresh(INT, "k", inner=True),
            best=Fresh(real, "greatest"),
            tags="constant_value loop vector",
        ),
    )


NUMBERS: Rows = (
    *(
        row(
            f"constant_{scalar.name}",
            "{x} + {C}",
            scalar,
            C=define(
                "{name} = wp.constant({V}({value}))",
                "STRIDE_OF_BLOCK UNIT",
                types={"V": scalar},
                options={"value": ("3", "5")},
            ),
            x=Expr(scalar),
            tags="constant_value",
            noun="shifted",
        )
        for scalar in map(Scalar, INTEGERS)
    ),
    row("constant_pi", "{x} * wp.pi", FLOAT, x=FLOAT, tags="constant_value", noun="angle"),
    row("constant_tau", "{x} / wp.tau", FLOAT, x=FLOAT, tags="constant_value", noun="turns"),
    row("constant_e", "{x} - math.e", FLOAT, x=FLOAT, tags="constant_value", noun="shifted"),
    row("constant_half_pi", "{x} - wp.HALF_PI", FLOAT, x=FLOAT, tags="constant_value", noun="shifted"),
    row(
        "infinite_guard",
        "wp.where({x} < wp.inf, {x}, {y})",
        FLOAT,
        x=Expr(FLOAT, varying=True),
        y=FLOAT,
        tags="constant_value",
        noun="finite",
    ),
    row(
        "nan_guard",
        "wp.where(wp.isnan({x}) or {x} == -wp.inf, {y}, {x})",
        FLOAT,
        x=Expr(FLOAT, varying=True),
        y=FLOAT,
        tags="constant_value",
        noun="finite",
    ),
)

MISSING = define(
    "{name} = {value}",
    "MISSING UNKNOWN_VALUE",
    options={"value": ("math.nan", "wp.constant(wp.float32(math.nan))", "wp.nan")},
)

ENDLESS = define(
    "{name} = {value}",
    "FAR_AWAY UNBOUNDED",
    options={"value": ("math.inf", "wp.constant(wp.float32(math.inf))", "wp.float32(-math.inf)", "-math.inf")},
)

SWITCHES = define(
    "{name} = wp.types.vector(length=2, dtype=wp.bool)({value})",
    "SWITCHES_ON ENABLED_AXES",
    options={"value": ("True, False", "False, True")},
)

CODED = define(
    """
class {Name}(IntEnum):
    SHORT = 2
    LONG = {long}


{name} = wp.constant(wp.int32({Name}.{member}))
""",
    "default_span initial_span",
    options={"long": ("5", "9"), "member": ("SHORT", "LONG")},
)

TENTH = define("{name} = wp.constant(wp.float32({value}))", "TENTH COARSE_STEP", options={"value": ("0.1", "0.25")})

SPECIAL: Rows = (
    statement(
        "missing_value",
        "{y} = wp.where({test}, {x}, {C})\nif wp.isnan({y}):\n    {y} = {z}",
        C=MISSING,
        test=Expr(BOOL),
        x=Expr(FLOAT),
        z=Expr(FLOAT),
        y=Fresh(FLOAT, "value"),
        tags="constant_value branch",
    ),
    row(
        "unbounded_value", "wp.clamp({x}, -wp.abs({C}), wp.abs({C}))", FLOAT, C=ENDLESS, x=FLOAT, tags="constant_value"
    ),
    row(
        "switch_component", "{a} and {C}[0]", BOOL, C=SWITCHES, a=BOOL, tags="constant_value condition", noun="enabled"
    ),
    row("enum_constant", "{n} + {C}", INT, C=CODED, n=INT, tags="constant_value enum", noun="span"),
    row("constant_widened", "{x} * wp.float64({C})", DOUBLE, C=TENTH, x=DOUBLE, tags="constant_value", noun="scaled"),
    row(
        "shape_repeated",
        "wp.mat22({a}, {b}, {b}, {a}, shape=(2, 2))",
        Matrix(2, 2, FLOAT),
        a=FLOAT,
        b=FLOAT,
        tags="constant_value matrix",
        noun="block",
    ),
    row(
        "length_repeated",
        "wp.vec3({a}, {b}, {a}, length=3)",
        Vector(3, FLOAT),
        a=FLOAT,
        b=FLOAT,
        tags="constant_value vector",
        noun="triple",
    ),
)


CONSTANTS: Rows = (*at_widths(_constants), *NUMBERS, *SPECIAL)
