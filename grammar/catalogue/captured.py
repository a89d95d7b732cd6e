"""What kernels capture by name: enumerations, constants of every type, structs that Python has filled in."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, Rows, at_widths, define
from grammar.catalogue.variables import I
from grammar.production import Expr, Fresh, Spelled, row, statement
from grammar.types import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT,
    Matrix,
    MatrixOf,
    QuaternionOf,
    Scalar,
    TransformationOf,
    TypeVariable,
    Vector,
    VectorOf,
)

# --- enumerations ---------------------------------------------------------------------------------------------------

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
    row("enum_choice", "wp.where({test}, int({E}.ACTIVE), int({E}.IDLE))", INT, E=MODE, test=BOOL, tags="enum", noun="mode"),
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

# --- constants ------------------------------------------------------------------------------------------------------


def _constants(F: TypeVariable, suffix: str) -> Rows:
    """Constants of vectors, matrices, quaternions, transformations, and of numbers that are not finite."""
    V3, V2, M2, Q, X = VectorOf(3, F), VectorOf(2, F), MatrixOf(2, 2, F), QuaternionOf(F), TransformationOf(F)
    axis = define("{name} = {made}", "GRAVITY UP_AXIS WIND", types={"V": V3}, options={"made": _made("0.0, -9.81, 0.0", "0.0, 1.0, 0.0")})
    tile = define("{name} = {made}", "ORIGIN CELL_SIZE", types={"V": V2}, options={"made": _made("0.5, 0.25", "1.0, 2.0")})
    shear = define("{name} = {made}", "SHEAR METRIC", types={"V": M2}, options={"made": _made("1.0, 0.5, 0.0, 1.0", "2.0, 0.0, 0.0, 0.5")})
    turn = define("{name} = {made}", "QUARTER_TURN REST_POSE", types={"V": Q}, options={"made": _made("0.0, 0.0, 0.7071, 0.7071", "0.0, 0.0, 0.0, 1.0")})
    number = define("{name} = wp.constant({V}({value}))", "RATE SHARE FRACTION", types={"V": F}, options={"value": ("0.5", "2.0", "0.1")})
    endless = define("{name} = {value}", "UNREACHED NO_LIMIT", types={"V": F}, options={"value": ("{V}(wp.inf)", "{V}(math.inf)")})
    return (
        row(f"constant_vector{suffix}", "{v} + {C}", V3, C=axis, v=Expr(V3), tags="constant_value vector", noun="moved"),
        row(f"constant_dot{suffix}", "wp.dot({v}, {C})", F, C=axis, v=Expr(V3), tags="constant_value vector", noun="height"),
        row(f"constant_component{suffix}", "{x} - {C}.y", F, C=tile, x=Expr(F), tags="constant_value", noun="shifted"),
        row(f"constant_index{suffix}", "{x} * {C}[0]", F, C=tile, x=Expr(F), tags="constant_value", noun="scaled"),
        row(f"constant_matrix{suffix}", "{C} * {v}", V2, C=shear, v=Expr(V2), tags="constant_value matrix", noun="sheared"),
        row(f"constant_element{suffix}", "{x} + {C}[0, 1]", F, C=shear, x=Expr(F), tags="constant_value matrix"),
        row(f"constant_number{suffix}", "{x} * {C}", F, C=number, x=Expr(F), tags="constant_value", noun="share"),
        row(
            f"constant_rotation{suffix}",
            "wp.quat_rotate({C}, {v})",
            V3,
            C=turn,
            v=Expr(V3),
            tags="constant_value quaternion",
            noun="turned",
        ),
        row(f"constant_infinity{suffix}", "wp.min({x}, {C})", F, C=endless, x=Expr(F), tags="constant_value", noun="limited"),
        statement(
            f"least_of_infinity{suffix}",
            "{best} = {T}(wp.inf)\nfor {k} in range(3):\n    {best} = wp.min({best}, {v}[{k}])",
            T=Spelled(F),
            v=Expr(V3),
            k=Fresh(INT, "k", inner=True),
            best=Fresh(F, "least"),
            tags="constant_value loop vector",
        ),
        statement(
            f"greatest_of_infinity{suffix}",
            "{best} = -{C}\nfor {k} in range(3):\n    {best} = wp.max({best}, wp.abs({v}[{k}]))",
            C=endless,
            v=Expr(V3),
            k=Fresh(INT, "k", inner=True),
            best=Fresh(F, "greatest"),
            tags="constant_value loop vector",
        ),
    )


def _made(*values: str) -> tuple[str, ...]:
    """Ways to write a constant of a compound type."""
    return tuple(text.replace("values", given) for text in ("wp.constant({V}(values))", "{V}(values)") for given in values)


NUMBERS: Rows = (
    *(
        row(
            f"constant_{scalar.name}",
            "{x} + {C}" if scalar != BOOL else "{x} and {C}",
            scalar,
            C=define("{name} = wp.constant({V}({value}))", "STEP_OF UNIT_OF", types={"V": scalar}, options={"value": ("3", "5")}),
            x=Expr(scalar),
            tags="constant_value integer",
            noun="shifted",
        )
        for scalar in I.over
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

# --- numbers that are not finite, flags, widths ---------------------------------------------------------------------

MISSING = define("{name} = {value}", "MISSING UNKNOWN_VALUE", options={"value": ("math.nan", "wp.constant(wp.float32(math.nan))", "wp.nan")})
ENDLESS = define("{name} = {value}", "FAR_AWAY UNBOUNDED", options={"value": ("math.inf", "wp.constant(wp.float32(math.inf))", "wp.float32(-math.inf)", "-math.inf")})
SWITCHES = define("{name} = wp.types.vector(length=2, dtype=wp.bool)({value})", "SWITCHES_ON ENABLED_AXES", options={"value": ("True, False", "False, True")})
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
    row("unbounded_value", "wp.clamp({x}, -wp.abs({C}), wp.abs({C}))", FLOAT, C=ENDLESS, x=FLOAT, tags="constant_value"),
    row("switch_component", "{a} and {C}[0]", BOOL, C=SWITCHES, a=BOOL, tags="constant_value condition", noun="enabled"),
    row("enum_constant", "{n} + {C}", INT, C=CODED, n=INT, tags="constant_value enum", noun="span"),
    row("constant_widened", "{x} * wp.float64({C})", DOUBLE, C=TENTH, x=DOUBLE, tags="constant_value", noun="scaled"),
    row("shape_repeated", "wp.mat22({a}, {b}, {b}, {a}, shape=(2, 2))", Matrix(2, 2, FLOAT), a=FLOAT, b=FLOAT, tags="constant_value matrix", noun="block"),
    row("length_repeated", "wp.vec3({a}, {b}, {a}, length=3)", Vector(3, FLOAT), a=FLOAT, b=FLOAT, tags="constant_value vector", noun="triple"),
)

# --- structs that Python has filled in ------------------------------------------------------------------------------


def _settings(F: TypeVariable, suffix: str) -> Rows:
    """Settings are one struct above the kernel; a static expression takes it into the kernel, whole or in part."""
    V3, V2, M2 = VectorOf(3, F), VectorOf(2, F), MatrixOf(2, 2, F)
    types = {"V": V3, "M": M2}
    options = {
        "gain": ("2.0", "0.5", "3.0"),
        "axis": ("{V}(0.0, 1.0, 0.0)", "(1.0, 0.0, 0.5)", "[0.5, 0.5, 0.0]", "np.array([0.0, 2.0, 1.0])"),
        "frame": ("{M}(1.0, 0.0, 0.5, 1.0)", "((1.0, 2.0), (0.0, 1.0))", "np.eye(2)"),
        "steps": ("2", "3", "4"),
        "enabled": ("True", "False"),
    }
    struct = """
@wp.struct
class {Name}:
    gain: {T}
    axis: {V}
    frame: {M}
    steps: int
    enabled: bool


{instance} = {Name}()
{instance}.gain = {gain}
{instance}.axis = {axis}
{instance}.frame = {frame}
{instance}.steps = {steps}
{instance}.enabled = {enabled}
"""
    plain = define(struct.replace("{instance}", "{name}"), "settings options defaults", F, types=types, options=options)
    applied = define(
        struct.replace("{instance}", "{name}_values")
        + """

@wp.func
def {name}_with(s: {Name}, x: {T}):
    return x * s.gain + s.axis[1] + s.frame[0, 1] * s.axis.y


@wp.func
def {name}(x: {T}):
    s = wp.static({name}_values)
    if s.enabled:
        x = s.gain * x
    for i in range(s.steps):
        x += s.axis[i % 3]
    return {name}_with(s, x) - {name}_with(wp.static({name}_values), 0.5 * x)
""",
        "response_with effect_of",
        F,
        types=types,
        options=options,
    )
    nested = define(
        """
@wp.struct
class {Name}Limits:
    low: {T}
    high: {T}


@wp.struct
class {Name}:
    limits: {Name}Limits
    pose: {X}
    spin: {Q}
    small: wp.uint8
    large: wp.int64
    rough: wp.float16


{name}_limits = {Name}Limits()
{name}_limits.low = {low}
{name}_limits.high = 4.0
{name}_values = {Name}()
{name}_values.limits{set}
{name}_values.spin = {Q}(0.0, 0.0, 0.6, 0.8)
{name}_values.pose = {X}({V}(1.0, 0.0, 2.0), {name}_values.spin)
{name}_values.small = 7
{name}_values.large = 5_000_000_000
{name}_values.rough = 0.5


@wp.func
def {name}_limited(limits: {Name}Limits, x: {T}):
    return wp.clamp(x, limits.low, limits.high)


@wp.func
def {name}_at(model: {Name}, v: {V}):
    return wp.transform_point(model.pose, v) + wp.quat_rotate(model.spin, v) * {T}(model.rough)


@wp.func
def {name}(v: {V}):
    model = wp.static({name}_values)
    count = int(model.small) + int(model.large % wp.int64(97))
    low = {name}_limited(model.limits, v[0] * {T}(count))
    return {name}_at(model, v) + {V}(low, model.limits.high, 0.0)
""",
        "solver contact_model",
        F,
        types={"X": TransformationOf(F), "Q": QuaternionOf(F), "V": V3},
        options={"low": ("0.0", "-1.0"), "set": (" = {name}_limits", ".assign({name}_limits)", ".low = -2.0")},
    )

    empty = define(
        """
@wp.struct
class {Name}:
    gain: {T}
    table: wp.array(dtype={T})
    picked: wp.indexedarray(dtype={T})
    image: wp.Texture2D
    stage: wp.fabricarray(dtype={T})
    selected: wp.indexedfabricarray(dtype={T})


{name}_values = {Name}()
{name}_values.gain = {gain}
{name}_values.table = {table}
{name}_values.picked = {picked}
{name}_values.image = None
{name}_values.stage = None
{name}_values.selected = None


@wp.func
def {name}_with(s: {Name}, x: {T}, i: int):
    if s.table:
        return x + s.table[i]
    return x * s.gain


@wp.func
def {name}(x: {T}):
    s = {Name}()
    s.gain = wp.static({T}({name}_values.gain))
    return {name}_with(s, x, 0)
""",
        "lookup_or_gain tabled",
        F,
        options={
            "gain": ("2.0", "0.5"),
            "table": (
                "None",
                'wp.zeros(4, dtype={T}, device="cpu")',
                'wp.zeros(4, dtype={T}, device="cpu", requires_grad=True)',
            ),
            "picked": (
                "None",
                'wp.indexedarray(wp.zeros(4, dtype={T}, device="cpu"), [wp.array([0, 2], dtype=int, device="cpu")])',
            ),
        },
    )
    reset = define(
        """
@wp.struct
class {Name}:
    gain: {T}
    axis: {V}
    count: int


{name} = {Name}()
{name}.gain = None
{name}.axis = None
{name}.gain = 2.0
{name}.count = np.int32({count})
""",
        "initial_state cleared_state",
        F,
        types={"V": V3},
        options={"count": ("3", "5")},
    )

    def static(text: str) -> str:
        return f"wp.static({text})" if F is NARROW else f"wp.static({{T}}({text}))"

    typed = {} if F is NARROW else {"T": Spelled(F)}
    # Refused where nothing else mentions the struct (corpus: static_struct_type).
    refused = row("settings_whole", "{x} * wp.static({p}).gain", F, p=plain, x=Expr(F), tags="static structs", noun="scaled")
    rows = (
        row(f"settings_applied{suffix}", "{f}({x})", F, f=applied, x=Expr(F), tags="static structs function_form"),
        row(f"settings_nested{suffix}", "{f}({v})", V3, f=nested, v=Expr(V3), tags="static structs function_form vector"),
        row(
            f"settings_field{suffix}",
            f"{{x}} * {static('{p}.gain')}",
            F,
            p=plain,
            x=Expr(F),
            more=typed,
            tags="static structs",
            noun="scaled",
        ),
        row(f"settings_vector{suffix}", "wp.dot({v}, wp.static({p}.axis))", F, p=plain, v=Expr(V3), tags="static structs"),
        row(f"settings_matrix{suffix}", "wp.static({p}.frame) * {v}", V2, p=plain, v=Expr(V2), tags="static structs"),
        row(
            f"settings_enabled{suffix}",
            "{a} if wp.static({p}.enabled) else {b}",
            F,
            p=plain,
            a=Expr(F),
            b=Expr(F),
            tags="static structs",
            noun="chosen",
        ),
        row(
            f"settings_with_arrays{suffix}",
            "{f}({x})",
            F,
            f=empty,
            x=Expr(F),
            tags="static structs function_form",
            noun="tabled",
        ),
        row(
            f"settings_reset{suffix}",
            f"{{x}} * {static('{p}.gain')}",
            F,
            p=reset,
            x=Expr(F),
            more=typed,
            tags="static structs",
            noun="scaled",
        ),
    )
    return (*rows, refused) if F is NARROW else rows


CAPTURED: Rows = (*ENUMS, *at_widths(_constants), *NUMBERS, *SPECIAL, *at_widths(_settings))
