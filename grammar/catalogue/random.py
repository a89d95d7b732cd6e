"""Random numbers and noise: the generator's state, draws from it, and what people draw for."""

from __future__ import annotations

from grammar.catalogue.hosts import SEED
from grammar.catalogue.variables import S
from grammar.holes import EVERY, Const, Domain, Expr, Fresh, Hole, Input, Thread
from grammar.production import Production, row, statement
from grammar.types import FLOAT, INT, Opaque, Pattern, Scalar, Type, Vector

STATE = Opaque("rand_state")
UNSIGNED = Scalar("uint32")
V2, V3, V4 = (Vector(length, FLOAT) for length in (2, 3, 4))
POINTS: tuple[Type, ...] = (FLOAT, V2, V3, V4)
START = "{state} = wp.rand_init({seed}, {i})\n"
STARTED: dict[str, Hole | Pattern] = {"seed": SEED, "i": Thread(EVERY), "state": Fresh(STATE, "state")}
PERIOD = Const(INT, (8, 16, 4, 32))
FINITE = Expr(FLOAT, Domain.FINITE)


def _draw(
    name: str, result: Pattern, /, given: str = "", *, noun: str, title: str = "", **holes: Hole | Pattern
) -> Production:
    """A number drawn: the state, then what else the built-in is given."""
    template = f"wp.{name}({{state}}{', ' if given else ''}{given})"
    return row(title or name, template, result, state=STATE, tags="random", noun=noun, more=holes)


STATES: tuple[Production, ...] = (
    # Growth makes a state on the spot where it needs one and has none.
    row("rand_init", "wp.rand_init({seed})", STATE, seed=Expr(INT), tags="random source", noun="state"),
    row(
        "rand_init_thread",
        "wp.rand_init({seed}, {i})",
        STATE,
        seed=SEED,
        i=Thread(EVERY),
        tags="random source",
        noun="state",
        needs="kernel",
    ),
    statement("rand_state", START.rstrip(), tags="random let", needs="kernel", more=STARTED),
)

DRAWS: tuple[Production, ...] = (
    _draw("randf", FLOAT, noun="u"),
    _draw(
        "randf",
        FLOAT,
        "{low}, {high}",
        noun="offset",
        title="randf_range",
        low=Const(FLOAT, (-1.0, 0.0, -0.5)),
        high=Const(FLOAT, (1.0, 0.5, 2.0)),
    ),
    _draw("randn", FLOAT, noun="noise"),
    _draw("randi", INT, noun="bits"),
    _draw(
        "randi",
        INT,
        "{low}, {high}",
        noun="pick",
        title="randi_range",
        low=Const(INT, (0, 1)),
        high=Const(INT, (10, 100, 6, 256)),
    ),
    _draw("randu", UNSIGNED, noun="bits"),
    _draw(
        "randu",
        UNSIGNED,
        "{low}, {high}",
        noun="pick",
        title="randu_range",
        low=Const(UNSIGNED, (0, 1)),
        high=Const(UNSIGNED, (16, 255, 10)),
    ),
    _draw("poisson", UNSIGNED, "{rate}", noun="arrivals", rate=Const(FLOAT, (2.0, 4.0, 0.5, 10.0))),
    _draw("sample_cdf", INT, "{cdf}", noun="bin", cdf=Input(FLOAT, 1)),
    *(
        _draw(f"sample_{shape}", of, noun=noun)
        for shape, of, noun in (
            ("triangle", V2, "barycentric"),
            ("unit_ring", V2, "direction"),
            ("unit_disk", V2, "lens"),
            ("unit_square", V2, "jitter"),
            ("unit_cube", V3, "jitter"),
            ("unit_sphere", V3, "offset"),
            ("unit_sphere_surface", V3, "direction"),
            ("unit_hemisphere", V3, "offset"),
            ("unit_hemisphere_surface", V3, "direction"),
        )
    ),
)

# A point of noise has to be one that an integer lattice holds.
NOISE: tuple[Production, ...] = (
    *(
        _draw("noise", FLOAT, "{p}", noun="height", title=f"noise{rank}", p=Expr(of, Domain.FINITE))
        for rank, of in enumerate(POINTS, 1)
    ),
    *(
        _draw(
            "pnoise",
            FLOAT,
            ", ".join(("{p}", *("{n" + axis + "}" for axis in "xyzt"[:rank]))),
            noun="height",
            title=f"pnoise{rank}",
            p=Expr(of, Domain.FINITE),
            **dict.fromkeys([f"n{axis}" for axis in "xyzt"[:rank]], PERIOD),
        )
        for rank, of in enumerate(POINTS, 1)
    ),
    *(
        _draw("curlnoise", result, "{p}", noun="flow", title=f"curlnoise{rank}", p=Expr(of, Domain.FINITE))
        for rank, of, result in ((2, V2, V2), (3, V3, V3), (4, V4, V3))
    ),
    *(
        _draw(
            "curlnoise",
            result,
            "{p}, {octaves}, {lacunarity}, {gain}",
            noun="flow",
            title=f"curlnoise{rank}_octaves",
            p=Expr(of, Domain.FINITE),
            octaves=Const(UNSIGNED, (2, 3, 4)),
            lacunarity=Const(FLOAT, (2.0, 1.9)),
            gain=Const(FLOAT, (0.5, 0.6)),
        )
        for rank, of, result in ((2, V2, V2), (3, V3, V3), (4, V4, V3))
    ),
)


def _idiom(name: str, purpose: str, text: str, **holes: Hole | Pattern) -> Production:
    """Statements after the one that starts the state, which is the idiom's own: read later, it would keep what nothing else reads."""
    own = {**STARTED, "state": Fresh(STATE, "state", inner=True)}
    return statement(name, START + text, tags="random idiom", needs="kernel", purpose=purpose, more={**own, **holes})


SMALL = Const(FLOAT, (0.1, 0.01, 0.5, 0.05))
TRIPS = Const(INT, (16, 8, 32, 64))
IDIOMS: tuple[Production, ...] = (
    _idiom(
        "jittered",
        "jitters a value at random",
        "{x} = {base} + {amount} * wp.randf({state}, -1.0, 1.0)",
        base=Expr(FLOAT),
        amount=SMALL,
        x=Fresh(FLOAT, "jittered"),
    ),
    _idiom(
        "jittered_point",
        "samples a point in a box around another",
        "{p} = {origin} + {spread} * wp.sample_unit_cube({state})",
        origin=Expr(V3),
        spread=SMALL,
        p=Fresh(V3, "sample"),
    ),
    _idiom(
        "scattered_ray",
        "scatters a ray about a normal",
        "{d} = wp.normalize({normal} + {roughness} * wp.sample_unit_sphere_surface({state}))",
        normal=Expr(V3),
        roughness=SMALL,
        d=Fresh(V3, "direction"),
    ),
    _idiom(
        "thermal_kick",
        "adds thermal noise to a velocity",
        "{kick} = {sigma} * wp.vec3(wp.randn({state}), wp.randn({state}), wp.randn({state}))\n{v} = {velocity} + {kick}",
        sigma=Expr(FLOAT),
        velocity=Expr(V3),
        kick=Fresh(V3, "kick", inner=True),
        v=Fresh(V3, "velocity"),
    ),
    _idiom(
        "random_walk",
        "walks at random from a point",
        "{p} = {start}\nfor {s} in range({trips}):\n    {p} += {step} * wp.sample_unit_sphere_surface({state})",
        start=Expr(V3),
        p=Fresh(V3, "p", mutable=True),
        s=Fresh(INT, "s", inner=True),
        trips=TRIPS,
        step=SMALL,
    ),
    _idiom(
        "monte_carlo",
        "estimates an area by Monte Carlo sampling",
        "{hits} = float(0.0)\nfor {s} in range({trips}):\n    {u} = wp.randf({state}, -1.0, 1.0)\n"
        "    {v} = wp.randf({state}, -1.0, 1.0)\n    if {u} * {u} + {v} * {v} < {radius} * {radius}:\n        {hits} += 1.0\n"
        "{share} = {hits} / float({trips})",
        radius=Expr(FLOAT),
        hits=Fresh(FLOAT, "hits", inner=True),
        s=Fresh(INT, "s", inner=True),
        u=Fresh(FLOAT, "u", inner=True),
        v=Fresh(FLOAT, "v", inner=True),
        trips=TRIPS,
        share=Fresh(FLOAT, "fraction"),
    ),
    _idiom(
        "metropolis",
        "accepts a proposal as Metropolis does",
        "{x} = {current}\nif wp.randf({state}) < wp.exp(-wp.abs({cost})):\n    {x} = {proposed}",
        current=Expr(FLOAT),
        cost=Expr(FLOAT),
        proposed=Expr(FLOAT),
        x=Fresh(FLOAT, "accepted", mutable=True),
    ),
    _idiom(
        "stochastic_rounding",
        "rounds stochastically",
        "{low} = wp.floor({x})\n{y} = {low}\nif wp.randf({state}) < {x} - {low}:\n    {y} += 1.0",
        x=Expr(FLOAT),
        low=Fresh(FLOAT, "low", inner=True),
        y=Fresh(FLOAT, "rounded", mutable=True),
    ),
    _idiom(
        "resample",
        "draws an element at random",
        "{pick} = wp.randi({state}, 0, {array}.shape[0])\n{x} = {array}[{pick}]",
        array=Input(S, 1),
        pick=Fresh(INT, "pick", inner=True),
        x=Fresh(S, "drawn"),
    ),
    _idiom(
        "resample_weighted",
        "draws an element by its weight",
        "{pick} = wp.min(wp.sample_cdf({state}, {cdf}), {cdf}.shape[0] - 1)\n{x} = {cdf}[{pick}]",
        cdf=Input(FLOAT, 1),
        pick=Fresh(INT, "pick", inner=True),
        x=Fresh(FLOAT, "drawn"),
    ),
    _idiom(
        "fractal_noise",
        "sums octaves of noise",
        "{total} = float(0.0)\n{amplitude} = float(1.0)\n{frequency} = float(1.0)\nfor {s} in range({octaves}):\n"
        "    {total} += {amplitude} * wp.noise({state}, wp.vec2({frequency} * {x}, {frequency} * {y}))\n"
        "    {amplitude} *= {gain}\n    {frequency} *= 2.0",
        x=FINITE,
        y=FINITE,
        octaves=Const(INT, (4, 3, 5, 6)),
        gain=Const(FLOAT, (0.5, 0.6)),
        total=Fresh(FLOAT, "height", mutable=True),
        amplitude=Fresh(FLOAT, "amplitude", inner=True),
        frequency=Fresh(FLOAT, "frequency", inner=True),
        s=Fresh(INT, "octave", inner=True),
    ),
    _idiom(
        "advected_point",
        "advects a point by curl noise",
        "{p} = {origin} + {dt} * wp.curlnoise({state}, wp.vec3({x}, {y}, {z}))",
        origin=Expr(V3),
        dt=SMALL,
        x=FINITE,
        y=FINITE,
        z=FINITE,
        p=Fresh(V3, "advected"),
    ),
    _idiom(
        "coin_flips",
        "rewards heads in a row of coin flips",
        "{heads} = int(0)\nfor {s} in range({trips}):\n    if (wp.randu({state}) & wp.uint32(1)) == wp.uint32(1):\n        {heads} += {reward}",
        trips=TRIPS,
        reward=Expr(INT),
        s=Fresh(INT, "s", inner=True),
        heads=Fresh(INT, "heads", mutable=True),
    ),
)

RANDOM = (*STATES, *DRAWS, *NOISE, *IDIOMS)
