"""Textures of one to three dimensions."""

from __future__ import annotations

from grammar.catalogue.hosts import TEXELS, texture
from grammar.holes import Const, Domain, Expr, Fresh, Hole, Items, Spelled, Thread
from grammar.production import Production, row, statement
from grammar.types import FLOAT, INT, Pattern, TypeVariable, Vector

X = TypeVariable("X", TEXELS)
V2, V3 = Vector(2, FLOAT), Vector(3, FLOAT)
Holes = dict[str, Hole | Pattern]
# What a texture's filter can convert to a texel: an element of an array, or a number in bounds.
COORD = Expr(FLOAT, Domain.FINITE)
LEVEL = Const(FLOAT, (0.0, 1.0, 0.5, 2.0))
# One channel is asked for as `float`: Warp refuses `wp.float32` here (see texture_sample_float32 in known_bugs).
KINDS: tuple[tuple[str, str, Pattern, Holes, str], ...] = (
    ("", "float", FLOAT, {}, "verbatim"),
    ("_channels", "{T}", X, {"T": Spelled(X)}, ""),
)


def _samples(name: str, rank: int, arguments: str, /, **holes: Hole | Pattern) -> tuple[Production, ...]:
    """The rows that sample at some arguments, `@` among them standing for the type of the texel."""
    return tuple(
        row(
            f"texture_sample{rank}{name}{suffix}",
            f"wp.texture_sample({{tex}}, {arguments})".replace("@", kind),
            of,
            tex=texture(rank, of),
            more={**holes, **spelled},
            tags=f"query source {tag}",
            noun="texel",
            needs="kernel",
        )
        for suffix, kind, of, spelled, tag in KINDS
    )


UV: Holes = {"i": Thread(0), "coords": Items(V2, "i", "uvs uv_coords texcoords")}
UVW: Holes = {"i": Thread(0), "coords": Items(V3, "i", "uvws uvw_coords")}
SAMPLES: tuple[Production, ...] = (
    *_samples("", 1, "{u}, dtype=@", u=COORD),
    *_samples("_level", 1, "{u}, @, {lod}", u=COORD, lod=LEVEL),
    *_samples("", 2, "{coords}[{i}], dtype=@", **UV),
    *_samples("_level", 2, "{coords}[{i}], dtype=@, lod={lod}", **UV, lod=LEVEL),
    *_samples("_scalars", 2, "{u}, {v}, dtype=@", u=COORD, v=COORD),
    *_samples("_scalars_level", 2, "{u}, {v}, dtype=@, lod={lod}", u=COORD, v=COORD, lod=COORD),
    *_samples("", 3, "{coords}[{i}], dtype=@", **UVW),
    *_samples("_level", 3, "{coords}[{i}], dtype=@, lod={lod}", **UVW, lod=LEVEL),
    *_samples("_scalars", 3, "{u}, {v}, {w}, dtype=@", u=COORD, v=COORD, w=COORD),
    *_samples("_scalars_level", 3, "{u}, {v}, {w}, @, {lod}", u=COORD, v=COORD, w=COORD, lod=LEVEL),
)


def _statements(
    name: str, template: str, rank: int, tags: str = "", needs: str = "", /, **holes: Hole | Pattern
) -> tuple[Production, ...]:
    """The rows of an idiom, `@` in its text standing for the type of the texel, and its result a new local `texel`."""
    return tuple(
        statement(
            name + suffix,
            template.replace("@", kind),
            tex=texture(rank, of),
            more={**holes, **spelled, "texel": Fresh(of, "texel", mutable="{texel} +=" in template)},
            tags=f"query idiom {tags} {tag}",
            needs=f"kernel {needs}",
        )
        for suffix, kind, of, spelled, tag in KINDS
    )


IDIOMS: tuple[Production, ...] = (
    *_statements(
        "texture_pixel",
        "{u} = (float({j}) + 0.5) / float({tex}.width)\n"
        "{v} = (float({i}) + 0.5) / float({tex}.height)\n"
        "{texel} = wp.texture_sample({tex}, wp.vec2({u}, {v}), dtype=@)",
        2,
        "",
        "rank2",
        i=Thread(0),
        j=Thread(1),
        u=Fresh(FLOAT, "u", inner=True),
        v=Fresh(FLOAT, "v", inner=True),
    ),
    *_statements(
        "texture_difference",
        "{uv} = {coords}[{i}]\n"
        "{dx} = 1.0 / float({tex}.width)\n"
        "{texel} = wp.texture_sample({tex}, {uv}[0] + {dx}, {uv}[1], dtype=@)\n"
        "{texel} -= wp.texture_sample({tex}, {uv}[0] - {dx}, {uv}[1], dtype=@)",
        2,
        **UV,
        uv=Fresh(V2, "uv", inner=True),
        dx=Fresh(FLOAT, "dx", inner=True),
    ),
    *_statements(
        "texture_curve",
        "{t} = ({x} - {low}) / wp.max({high} - {low}, {least})\n"
        "{texel} = wp.texture_sample({tex}, wp.clamp({t}, 0.0, 1.0), dtype=@)",
        1,
        x=Expr(FLOAT),
        low=Expr(FLOAT),
        high=Expr(FLOAT),
        least=Const(FLOAT, (1e-6, 0.001)),
        t=Fresh(FLOAT, "t", inner=True),
    ),
    *_statements(
        "texture_blur",
        "{uvw} = {coords}[{i}]\n"
        "{texel} = wp.texture_sample({tex}, {uvw}, dtype=@)\n"
        "for {k} in range(1, 4):\n"
        "    {texel} += wp.texture_sample({tex}, {uvw}[0], {uvw}[1], {uvw}[2] + {step} * float({k}), dtype=@)\n"
        "{texel} /= 4.0",
        3,
        "loop",
        **UVW,
        uvw=Fresh(V3, "uvw", inner=True),
        k=Fresh(INT, "tap", inner=True),
        step=Const(FLOAT, (0.01, 0.05, 0.1)),
    ),
)

TEXTURES = (*SAMPLES, *IDIOMS)
