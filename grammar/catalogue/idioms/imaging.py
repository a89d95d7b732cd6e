"""Idioms of graphics: colors, shading, blending, screens."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    V2,
    V3,
    F,
    I,
    J,
    at_both,
    formula,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Const, Expr, Fresh, Given, SizeOf
from grammar.types import INT, TypeVariable, VectorOf

COLORS = "colors pixels albedo"

SHADES: Rows = (
    idiom(
        "gamma_correction",
        "corrects gamma",
        "{c} = {pixels}[{i}]\n{bright} = wp.pow(wp.clamp({c} * {exposure}, 0.0, 1.0), {power})",
        "math",
        i=I,
        exposure=Expr(F),
        pixels=items(F, "pixels intensities image_values"),
        power=Const(F, (0.4545, 2.2)),
        c=inner(F, "c"),
        bright=Fresh(F, "corrected"),
    ),
    idiom(
        "luminance",
        "weighs colors to luminance",
        "{c} = {colors}[{i}]\n{y} = 0.2126 * {c}[0] + 0.7152 * {c}[1] + 0.0722 * {c}[2]",
        "vector",
        i=I,
        y=Fresh(F, "luma"),
        colors=items(V3, COLORS),
        c=inner(V3, "c"),
    ),
    idiom(
        "alpha_blend",
        "blends colors by their opacity",
        "{a} = wp.clamp({alpha}, 0.0, 1.0)\n{c} = {front} * {a} + {colors}[{i}] * (1.0 - {a})",
        "vector",
        i=I,
        front=Expr(V3),
        alpha=Expr(F),
        colors=items(V3, COLORS),
        a=inner(F, "a"),
        c=Fresh(V3, "blended"),
    ),
    idiom(
        "lambert",
        "shades surfaces by their angle to the light",
        "{n} = wp.normalize({normals}[{i}])\n{shade} = {ambient} + wp.max(wp.dot({n}, wp.normalize({light})), 0.0) * {strength}",
        "vector",
        i=I,
        strength=Expr(F),
        normals=items(V3, "normals vertex_normals"),
        light=Given(V3, "light_dir light to_light"),
        ambient=Given(F, "ambient"),
        n=inner(V3, "n"),
        shade=Fresh(F, "shade"),
    ),
    idiom(
        "vignette",
        "darkens towards the corners",
        "{u} = {T}({i}) / {T}({n}) - 0.5\n{v} = {T}({j}) / {T}({m}) - 0.5\n{dark} = 1.0 - {amount} * ({u} * {u} + {v} * {v})",
        "math",
        i=I,
        j=J,
        amount=Expr(F),
        n=SizeOf("i"),
        m=SizeOf("j"),
        T=spelled(),
        u=inner(F, "u"),
        v=inner(F, "v"),
        dark=Fresh(F, "vignette"),
        needs="kernel rank2",
    ),
    idiom(
        "pixel_ray",
        "casts rays through pixels",
        "{x} = (2.0 * {T}({j}) + 1.0) / {T}({m}) - 1.0\n{y} = 1.0 - (2.0 * {T}({i}) + 1.0) / {T}({n})\n"
        "{d} = wp.normalize({V}({x} * {zoom}, {y} * {zoom}, -1.0))",
        "vector",
        i=I,
        j=J,
        d=Fresh(V3, "ray_dir"),
        n=SizeOf("i"),
        m=SizeOf("j"),
        zoom=Given(F, "zoom tan_half_fov"),
        T=spelled(),
        V=spelled(V3),
        x=inner(F, "x"),
        y=inner(F, "y"),
        needs="kernel rank2",
    ),
    idiom(
        "depth_fog",
        "fades colors into fog",
        "{f} = 1.0 - wp.exp(-wp.abs({depth}) * {density})\n{c} = {colors}[{i}] * (1.0 - {f}) + {fog} * {f}",
        "vector math",
        i=I,
        c=Fresh(V3, "fogged"),
        depth=Expr(F),
        density=Given(F, "fog_density density"),
        fog=Given(V3, "fog_color sky_color"),
        colors=items(V3, COLORS),
        f=inner(F, "f"),
    ),
    idiom(
        "threshold",
        "keeps what is over a threshold",
        "{x} = {signal}[{i}]\n{kept} = {zero}\nif wp.abs({x}) > {limit}:\n    {kept} = {x} - wp.sign({x}) * {limit}",
        "branch math",
        i=I,
        signal=items(F, "signal values pixels"),
        limit=Expr(F),
        zero=Const(F, (0.0,)),
        x=inner(F, "x"),
        kept=Fresh(F, "kept", mutable=True),
    ),
    idiom(
        "checkerboard",
        "paints a checkerboard",
        "{u} = {uvs}[{i}] * {scale}\n{a} = int(wp.floor(wp.clamp({u}[0], -100.0, 100.0)))\n"
        "{b} = int(wp.floor(wp.clamp({u}[1], -100.0, 100.0)))\n{c} = wp.where((({a} + {b}) & 1) == 1, {dark}, {bright})",
        "vector integer",
        i=I,
        c=Fresh(F, "tone"),
        dark=Expr(F),
        bright=Expr(F),
        uvs=items(V2, "uvs texcoords"),
        scale=Const(F, (4.0, 8.0, 16.0)),
        u=inner(V2, "uv"),
        a=inner(INT, "row"),
        b=inner(INT, "col"),
    ),
)


def _shading(F: TypeVariable, suffix: str) -> Rows:
    """Formulas of light, each a function above the kernel."""
    V3 = VectorOf(3, F)
    fresnel = define(
        """
@wp.func
def {name}(cosine: {T}, base: {T}) -> {T}:
    x = 1.0 - wp.clamp(cosine, 0.0, 1.0)
    x2 = x * x
    return base + (1.0 - base) * x2 * x2 * x
""",
        "schlick fresnel",
        F,
    )
    shine = define(
        """
@wp.func
def {name}(n: {V}, light: {V}, view: {V}) -> {T}:
    h = wp.normalize(light + view)
    spot = wp.max(wp.dot(n, h), 0.0)
    return wp.pow(spot, {power})
""",
        "blinn_phong specular",
        F,
        types={"V": V3},
        options={"power": ("16.0", "32.0", "8.0")},
    )
    tone = define(
        """
@wp.func
def {name}(c: {V}, white: {T}) -> {V}:
    luma = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
    return c * ((1.0 + luma / wp.max(white * white, 0.001)) / (1.0 + wp.max(luma, 0.0)))
""",
        "reinhard tone_map",
        F,
        types={"V": V3},
    )
    facets = define(
        """
@wp.func
def {name}(cosine: {T}, roughness: {T}) -> {T}:
    a = wp.max(roughness * roughness, 0.001)
    d = cosine * cosine * (a * a - 1.0) + 1.0
    return a * a / wp.max(3.141593 * d * d, 1.0e-6)
""",
        "ggx facet_distribution",
        F,
    )
    return (
        formula(
            f"fresnel{suffix}",
            "reflects more at grazing angles",
            "{f}({cosine}, {base})",
            "math helper",
            "reflectance",
            F,
            F,
            f=fresnel,
            cosine=Expr(F),
            base=Const(F, (0.04, 0.02, 0.5)),
        ),
        formula(
            f"facets{suffix}",
            "spreads highlights by roughness",
            "{f}({cosine}, {roughness})",
            "math helper",
            "spread",
            F,
            F,
            f=facets,
            cosine=Expr(F),
            roughness=Given(F, "roughness"),
        ),
        idiom(
            f"highlight{suffix}",
            "adds highlights",
            "{n} = wp.normalize({normals}[{i}])\n{s} = {base} + {f}({n}, {light}, wp.normalize({view}))",
            "vector math helper",
            over=F,
            i=I,
            f=shine,
            base=Expr(F),
            view=Expr(V3),
            normals=items(V3, "normals vertex_normals"),
            light=Given(V3, "light_dir to_light"),
            n=inner(V3, "n"),
            s=Fresh(F, "lit"),
        ),
        formula(
            f"tone_map{suffix}",
            "maps tones to the screen's range",
            "{f}({c}, {white})",
            "vector helper",
            "mapped",
            V3,
            F,
            f=tone,
            c=Expr(V3),
            white=Given(F, "white_point max_luminance"),
        ),
    )


IMAGING: Rows = (*SHADES, *at_both(_shading))
