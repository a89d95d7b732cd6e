"""Idioms of particles: forces between two and among many, smoothed sums over neighbours."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    FORCES,
    POSITIONS,
    V3,
    VELOCITIES,
    F,
    Holes,
    I,
    at_both,
    formula,
    idiom,
    inner,
    items,
)
from grammar.holes import Bound, Counter, Expr, Fresh, Given, Pointer, SizeOf, Zero
from grammar.production import Effect
from grammar.types import INT, TypeVariable, VectorOf

OTHERS = items(INT, "neighbors neighbor_ids nearby", "i k", into="i")

PAIRS: Rows = (
    idiom(
        "spring_forces",
        "scatters the forces of damped springs to both ends",
        "{a} = {springs}[{i}, 0]\n{b} = {springs}[{i}, 1]\n{d} = {x}[{b}] - {x}[{a}]\n{length} = wp.length({d})\n"
        "{n} = {d} / wp.max({length}, 1.0e-6)\n"
        "{f} = {n} * ({ke} * ({length} - {rest}[{i}]) + {kd} * wp.dot({n}, {v}[{b}] - {v}[{a}]))\n"
        "wp.atomic_add({forces}, {a}, {f})\nwp.atomic_add({forces}, {b}, -{f})",
        "vector scatter",
        effect=Effect.UNORDERED,
        i=I,
        springs=items(INT, "spring_indices edges springs", "i 2", into="new"),
        a=Pointer("springs", "a tail i0", inner=True),
        b=Pointer("springs", "b head i1", inner=True),
        x=items(V3, POSITIONS, "a"),
        v=items(V3, VELOCITIES, "a"),
        rest=items(F, "rest_lengths spring_rest"),
        forces=items(V3, FORCES, "a", access="atomic_add"),
        ke=Given(F, "ke spring_ke stiffness"),
        kd=Given(F, "kd spring_kd damping"),
        d=inner(V3, "d"),
        length=inner(F, "length"),
        n=inner(V3, "direction"),
        f=inner(V3, "f"),
    ),
    idiom(
        "distance_constraint",
        "projects distance constraints between the ends of edges",
        "{a} = {edges}[{i}, 0]\n{b} = {edges}[{i}, 1]\n{d} = {x}[{a}] - {x}[{b}]\n{length} = wp.length({d})\n"
        "{w} = {weights}[{a}] + {weights}[{b}]\n{step} = {zero}\n"
        "if {w} > 0.0 and {length} > 0.0:\n    {step} = {d} * (({rest}[{i}] - {length}) / ({length} * {w}))",
        "vector branch logic gather",
        i=I,
        edges=items(INT, "edges edge_indices constraints", "i 2", into="new"),
        a=Pointer("edges", "a i0", inner=True),
        b=Pointer("edges", "b i1", inner=True),
        x=items(V3, POSITIONS, "a"),
        weights=items(F, "inv_masses particle_inv_mass", "a"),
        rest=items(F, "rest_lengths edge_rest"),
        zero=Zero(V3),
        d=inner(V3, "d"),
        length=inner(F, "length"),
        w=inner(F, "w_sum"),
        step=Fresh(V3, "correction", mutable=True),
    ),
    idiom(
        "edge_differences",
        "gathers differences along edges",
        "{a} = {edges}[{i}, 0]\n{b} = {edges}[{i}, 1]\n{flux} = {weight} * ({u}[{b}] - {u}[{a}])",
        "gather",
        i=I,
        weight=Expr(F),
        edges=items(INT, "edges edge_nodes links", "i 2", into="new"),
        a=Pointer("edges", "a tail left", inner=True),
        b=Pointer("edges", "b head right", inner=True),
        u=items(F, "values node_values potentials", "a"),
        flux=Fresh(F, "flux"),
    ),
    idiom(
        "gravity_of_all",
        "sums gravity over all other bodies",
        "{p} = {positions}[{i}]\n{total} = {zero}\nfor {k} in range({n}):\n    if {k} != {i}:\n"
        "        {d} = {positions}[{k}] - {p}\n        {r2} = wp.length_sq({d}) + 0.01\n"
        "        {total} += {d} * ({masses}[{k}] / ({r2} * wp.sqrt({r2})))",
        "vector loop branch",
        i=I,
        n=SizeOf("i"),
        positions=items(V3, POSITIONS),
        masses=items(F, "masses particle_mass"),
        zero=Zero(V3),
        k=Counter("n", "j k other"),
        p=inner(V3, "p"),
        total=Fresh(V3, "acc", mutable=True),
        d=inner(V3, "r"),
        r2=inner(F, "r2"),
    ),
    idiom(
        "orbit",
        "attracts bodies to a center",
        "{d} = {center} - {positions}[{i}]\n{r2} = wp.dot({d}, {d}) + 0.01\n{a} = {d} * ({strength} / ({r2} * wp.sqrt({r2})))",
        "vector",
        i=I,
        strength=Expr(F),
        positions=items(V3, POSITIONS),
        center=Given(V3, "center attractor"),
        d=inner(V3, "to_center"),
        r2=inner(F, "r2"),
        a=Fresh(V3, "pull"),
    ),
    idiom(
        "neighbour_springs",
        "accumulates spring forces over neighbours",
        "{p} = {positions}[{i}]\n{total} = {zero}\nfor {k} in range({n}):\n    {j} = {neighbors}[{i}, {k}]\n"
        "    if {j} != {i}:\n        {d} = {positions}[{j}] - {p}\n        {length} = wp.length({d})\n"
        "        {total} += {d} * ({ke} * ({length} - {rest}) / wp.max({length}, 1.0e-6))",
        "vector loop branch gather",
        i=I,
        n=Bound("extent"),
        k=Counter("n", "k s slot"),
        neighbors=OTHERS,
        positions=items(V3, POSITIONS),
        ke=Given(F, "ke stiffness"),
        rest=Given(F, "rest_length spacing"),
        zero=Zero(V3),
        j=Pointer("neighbors", "j neighbor other", inner=True),
        p=inner(V3, "p"),
        total=Fresh(V3, "f", mutable=True),
        d=inner(V3, "d"),
        length=inner(F, "distance"),
    ),
)


def _smoothing(F: TypeVariable, suffix: str) -> Rows:
    """Smoothed particles: a kernel of the distance above, the sum over the neighbours below."""
    V3 = VectorOf(3, F)
    bell = define(
        """
@wp.func
def {name}(r2: {T}, h: {T}):
    d = wp.max(h * h - r2, 0.0)
    return 1.5667 * d * d * d / wp.pow(wp.max(h, 0.01), 9.0)
""",
        "poly6 density_kernel",
        F,
    )
    spike = define(
        """
@wp.func
def {name}(d: {V}, h: {T}) -> {V}:
    r = wp.max(wp.length(d), 1.0e-6)
    s = wp.max(h - r, 0.0)
    return d * (-14.3239 * s * s / (r * wp.pow(wp.max(h, 0.01), 6.0)))
""",
        "spiky_gradient grad_kernel",
        F,
        types={"V": V3},
    )
    spline = define(
        """
@wp.func
def {name}(q: {T}):
    a = wp.max(2.0 - q, 0.0)
    b = wp.max(1.0 - q, 0.0)
    return 0.25 * a * a * a - b * b * b
""",
        "cubic_spline spline_kernel",
        F,
    )
    drag = define(
        """
@wp.func
def {name}(v: {V}, area: {T}):
    return -{half_rho} * area * wp.length(v) * v
""",
        "drag_force air_resistance",
        F,
        types={"V": V3},
        options={"half_rho": ("0.6125", "0.5", "500.0")},
    )
    spring = define(
        """
@wp.func
def {name}(d: {V}, v: {V}, rest: {T}, ke: {T}, kd: {T}):
    length = wp.max(wp.length(d), 1.0e-6)
    n = d / length
    return n * (ke * (length - rest) + kd * wp.dot(n, v))
""",
        "spring_force damped_spring",
        F,
        types={"V": V3},
    )
    around: Holes = {
        "i": I,
        "n": Bound("extent"),
        "k": Counter("n", "k s slot"),
        "neighbors": OTHERS,
        "j": Pointer("neighbors", "j neighbor other", inner=True),
        "x": items(V3, POSITIONS),
        "masses": items(F, "masses particle_mass"),
        "h": Given(F, "smoothing_length support radius"),
    }
    return (
        idiom(
            f"smoothed_density{suffix}",
            "sums smoothed densities over neighbours",
            "{rho} = {zero}\nfor {k} in range({n}):\n    {j} = {neighbors}[{i}, {k}]\n"
            "    {rho} += {masses}[{j}] * {f}(wp.length_sq({x}[{i}] - {x}[{j}]), {h})",
            "vector loop gather helper",
            over=F,
            leading=around,
            f=bell,
            zero=Zero(F),
            rho=Fresh(F, "rho", mutable=True),
        ),
        idiom(
            f"pressure_force{suffix}",
            "accumulates pressure forces over neighbours",
            "{total} = {zero}\nfor {k} in range({n}):\n    {j} = {neighbors}[{i}, {k}]\n    if {j} == {i}:\n        continue\n"
            "    {p} = 0.5 * ({pressures}[{i}] + {pressures}[{j}]) / wp.max({densities}[{j}], 0.001)\n"
            "    {total} += -{masses}[{j}] * {p} * {f}({x}[{i}] - {x}[{j}], {h})",
            "vector loop branch gather helper",
            over=F,
            leading=around,
            f=spike,
            zero=Zero(V3),
            total=Fresh(V3, "f_pressure", mutable=True),
            pressures=items(F, "pressures pressure"),
            densities=items(F, "densities rho density"),
            p=inner(F, "p"),
        ),
        idiom(
            f"smoothed_velocity{suffix}",
            "drags velocities towards those of neighbours",
            "{v} = {velocities}[{i}]\n{total} = {zero}\nfor {k} in range({n}):\n    {j} = {neighbors}[{i}, {k}]\n"
            "    {w} = {f}(wp.length({x}[{j}] - {x}[{i}]) / wp.max({h}, 0.001))\n"
            "    {total} += {masses}[{j}] * {w} * ({velocities}[{j}] - {v})",
            "vector loop gather helper",
            over=F,
            leading=around,
            f=spline,
            zero=Zero(V3),
            velocities=items(V3, VELOCITIES),
            v=inner(V3, "v"),
            total=Fresh(V3, "dv", mutable=True),
            w=inner(F, "w"),
        ),
        formula(
            f"air_drag{suffix}",
            "slows bodies by drag",
            "{f}({v}, {area})",
            "vector helper",
            "drag",
            V3,
            F,
            f=drag,
            v=Expr(V3),
            area=Expr(F),
        ),
        idiom(
            f"anchored_spring{suffix}",
            "pulls points to anchors by damped springs",
            "{pull} = {f}({anchors}[{i}] - {x}[{i}], -{velocity}, {rest}, {ke}, {kd})",
            "vector helper",
            over=F,
            i=I,
            f=spring,
            velocity=Expr(V3),
            x=items(V3, POSITIONS),
            anchors=items(V3, "anchors targets rest_positions"),
            rest=Given(F, "rest_length"),
            ke=Given(F, "ke stiffness"),
            kd=Given(F, "kd damping"),
            pull=Fresh(V3, "f"),
        ),
    )


PARTICLES: Rows = (*PAIRS, *at_both(_smoothing))
