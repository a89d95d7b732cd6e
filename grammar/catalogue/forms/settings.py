"""Structs that Python has filled in, taken into the kernel whole or in part."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, Rows, at_widths, define
from grammar.holes import Expr, Spelled
from grammar.production import row
from grammar.types import MatrixOf, Pattern, QuaternionOf, TransformationOf, TypeVariable, VectorOf


def _settings(real: TypeVariable, suffix: str) -> Rows:
    """Settings are one struct above the kernel; a static expression takes it into the kernel, whole or in part."""
    vec3, vec2, mat2 = VectorOf(3, real), VectorOf(2, real), MatrixOf(2, 2, real)
    types: dict[str, Pattern] = {"V": vec3, "M": mat2}
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
    plain = define(
        struct.replace("{instance}", "{name}"), "settings options defaults", real, types=types, options=options
    )
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
        real,
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
        real,
        types={"X": TransformationOf(real), "Q": QuaternionOf(real), "V": vec3},
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
        real,
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
    moved = define(
        """
@wp.struct
class {Name}Limits:
    low: {T}
    axis: {V}


@wp.struct
class {Name}:
    gain: {T}
    limits: {Name}Limits
    table: wp.array(dtype={T})
    picked: wp.indexedarray(dtype={T})


{name} = {Name}()
{name}.gain = {gain}
{name}.limits.low = 0.5
{name}.table = wp.zeros(4, dtype={T}, device="cpu")
{name}.picked = wp.indexedarray({name}.table, [wp.array([0, 2], dtype=int, device="cpu")])
{name} = {name}.to("cpu")
""",
        "tables calibration",
        real,
        types={"V": vec3},
        options={"gain": ("2.0", "0.5")},
    )
    listed = define(
        """
@wp.struct
class {Name}Part:
    low: {T}
    axis: {V}


@wp.struct
class {Name}:
    gain: {T}
    frame: {M}
    part: {Name}Part
    rough: wp.float16
    coarse: wp.bfloat16
    count: int


{name}_first = {Name}()
{name}_first.gain = {gain}
{name}_first.part.axis = {V}(0.0, 1.0, 0.0)
{name}_second = {Name}()
{name}_second.assign({name}_first)
{name}_second.part.low = 0.5
{name}_array = wp.array([{name}_first, {name}_second], dtype={Name}, device="cpu")
{name} = {name}_array.list()[{place}]
""",
        "material_row preset_row",
        real,
        types={"V": vec3, "M": mat2},
        options={"gain": ("2.0", "0.25"), "place": ("0", "1")},
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
        real,
        types={"V": vec3},
        options={"count": ("3", "5")},
    )

    def static(text: str) -> str:
        return f"wp.static({text})" if real is NARROW else f"wp.static({{T}}({text}))"

    typed = {} if real is NARROW else {"T": Spelled(real)}
    # Refused where nothing else mentions the struct (corpus: static_struct_type).
    refused = row(
        "settings_whole", "{x} * wp.static({p}).gain", real, p=plain, x=Expr(real), tags="static structs", noun="scaled"
    )
    rows = (
        row(
            f"settings_applied{suffix}", "{f}({x})", real, f=applied, x=Expr(real), tags="static structs function_form"
        ),
        row(
            f"settings_nested{suffix}",
            "{f}({v})",
            vec3,
            f=nested,
            v=Expr(vec3),
            tags="static structs function_form vector",
        ),
        row(
            f"settings_field{suffix}",
            f"{{x}} * {static('{p}.gain')}",
            real,
            p=plain,
            x=Expr(real),
            more=typed,
            tags="static structs",
            noun="scaled",
        ),
        row(
            f"settings_vector{suffix}",
            "wp.dot({v}, wp.static({p}.axis))",
            real,
            p=plain,
            v=Expr(vec3),
            tags="static structs",
        ),
        row(
            f"settings_matrix{suffix}", "wp.static({p}.frame) * {v}", vec2, p=plain, v=Expr(vec2), tags="static structs"
        ),
        row(
            f"settings_enabled{suffix}",
            "{a} if wp.static({p}.enabled) else {b}",
            real,
            p=plain,
            a=Expr(real),
            b=Expr(real),
            tags="static structs",
            noun="chosen",
        ),
        row(
            f"settings_with_arrays{suffix}",
            "{f}({x})",
            real,
            f=empty,
            x=Expr(real),
            tags="static structs function_form",
            noun="tabled",
        ),
        *(
            row(
                f"settings_{name}{suffix}",
                f"{{x}} * {static('{p}.' + field)}",
                real,
                p=given,
                x=Expr(real),
                more=typed,
                tags="static structs host_struct",
                noun="scaled",
            )
            for name, given, field in (
                ("moved", moved, "gain"),
                ("moved_nested", moved, "limits.low"),
                ("listed", listed, "gain"),
                ("listed_nested", listed, "part.low"),
            )
        ),
        row(
            f"settings_reset{suffix}",
            f"{{x}} * {static('{p}.gain')}",
            real,
            p=reset,
            x=Expr(real),
            more=typed,
            tags="static structs",
            noun="scaled",
        ),
    )
    return (*rows, refused) if real is NARROW else rows


SETTINGS: Rows = at_widths(_settings)
