"""Idioms of grids: time steps and stencils, at the borders too."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.catalogue.idioms.roles import (
    DT,
    V2,
    F,
    Holes,
    I,
    J,
    idiom,
    inner,
    items,
)
from grammar.holes import Bound, Counter, Fresh, Given, SizeOf, Thread, Zero
from grammar.types import INT

STEP = Given(F, DT)

SPACING = Given(F, "dx spacing cell_size")

LINE: Holes = {"i": I, "n": SizeOf("i"), "u": items(F, "u temperature values field height")}

PLANE: Holes = {"i": I, "j": J, "n": SizeOf("i"), "m": SizeOf("j")}

FIELD = items(F, "u field height pressure temperature", "i j")

SIDES = "{left} = {u}[wp.max({i} - 1, 0)]\n{right} = {u}[wp.min({i} + 1, {n} - 1)]\n"

BOTH_SIDES: Holes = {"left": inner(F, "left"), "right": inner(F, "right")}

CROSS = (
    "{around} = {u}[wp.max({i} - 1, 0), {j}] + {u}[wp.min({i} + 1, {n} - 1), {j}]\n"
    "{around} = {around} + {u}[{i}, wp.max({j} - 1, 0)] + {u}[{i}, wp.min({j} + 1, {m} - 1)]\n"
)

STEPS: Rows = (
    idiom(
        "heat_step",
        "diffuses heat along a line",
        SIDES + "{new} = {u}[{i}] + {alpha} * {dt} / ({dx} * {dx} + 1.0e-6) * ({left} - 2.0 * {u}[{i}] + {right})",
        "stencil",
        alpha=Given(F, "alpha diffusivity kappa"),
        dt=STEP,
        dx=SPACING,
        new=Fresh(F, "u_new"),
        trailing={**LINE, **BOTH_SIDES},
    ),
    idiom(
        "wave_step",
        "advances waves by leapfrog steps",
        SIDES + "{new} = 2.0 * {u}[{i}] - {before}[{i}] + {speed} * ({left} - 2.0 * {u}[{i}] + {right})",
        "stencil",
        leading=LINE,
        before=items(F, "u_prev previous last"),
        speed=Given(F, "courant_sq c2"),
        new=Fresh(F, "u_next"),
        trailing=BOTH_SIDES,
    ),
    idiom(
        "upwind_step",
        "advects upwind",
        SIDES
        + "{slope} = wp.where({c} > 0.0, {u}[{i}] - {left}, {right} - {u}[{i}])\n{new} = {u}[{i}] - {c} * {dt} * {slope}",
        "stencil",
        c=Given(F, "speed velocity c"),
        dt=STEP,
        slope=inner(F, "du"),
        new=Fresh(F, "u_new"),
        trailing={**LINE, **BOTH_SIDES},
    ),
    idiom(
        "lax_friedrichs",
        "steps Burgers' equation by Lax-Friedrichs fluxes",
        SIDES + "{new} = 0.5 * ({left} + {right}) - 0.25 * {ratio} * ({right} * {right} - {left} * {left})",
        "stencil",
        ratio=Given(F, "lam dt_over_dx ratio"),
        new=Fresh(F, "u_new"),
        trailing={**LINE, **BOTH_SIDES},
    ),
    idiom(
        "limited_slope",
        "limits slopes to their smaller side",
        SIDES + "{a} = {u}[{i}] - {left}\n{b} = {right} - {u}[{i}]\n{slope} = {zero}\n"
        "if {a} * {b} > 0.0:\n    {slope} = wp.sign({a}) * wp.min(wp.abs({a}), wp.abs({b}))",
        "stencil branch math",
        zero=Zero(F),
        a=inner(F, "backward"),
        b=inner(F, "forward"),
        slope=Fresh(F, "slope", mutable=True),
        trailing={**LINE, **BOTH_SIDES},
    ),
    idiom(
        "central_difference",
        "differentiates along a line",
        SIDES + "{slope} = ({right} - {left}) / wp.max(2.0 * {dx}, 1.0e-6)",
        "stencil",
        dx=SPACING,
        slope=Fresh(F, "slope"),
        trailing={**LINE, **BOTH_SIDES},
    ),
    idiom(
        "periodic_difference",
        "differentiates around a ring",
        "{next} = ({i} + 1) % {n}\n{last} = ({i} + {n} - 1) % {n}\n{slope} = 0.5 * {inverse} * ({u}[{next}] - {u}[{last}])",
        "integer",
        inverse=Given(F, "inv_dx inv_spacing"),
        next=inner(INT, "next_index"),
        last=inner(INT, "prev_index"),
        slope=Fresh(F, "slope"),
        trailing=LINE,
    ),
    idiom(
        "box_blur",
        "blurs by a moving average",
        "{sum} = {zero}\nfor {k} in range(-2, 3):\n    {sum} += {u}[wp.clamp({i} + {k}, 0, {n} - 1)]\n{mean} = {sum} * 0.2",
        "stencil loop",
        zero=Zero(F),
        k=inner(INT, "k"),
        sum=inner(F, "sum"),
        mean=Fresh(F, "mean"),
        trailing=LINE,
    ),
    idiom(
        "convolution",
        "convolves with a kernel of weights",
        "{sum} = {zero}\nfor {k} in range({taps}):\n    {at} = wp.clamp({i} + {k} - {taps} // 2, 0, {n} - 1)\n    {sum} += {w}[{k}] * {u}[{at}]",
        "loop",
        taps=Bound("extent"),
        k=Counter("taps", "k s"),
        w=items(F, "kernel_weights taps filter_weights", "k"),
        zero=Zero(F),
        at=inner(INT, "idx"),
        sum=Fresh(F, "sum", mutable=True),
        trailing=LINE,
    ),
    idiom(
        "moving_peak",
        "finds the largest value in a window",
        "{best} = {u}[{i}]\nfor {k} in range(1, 4):\n"
        "    {best} = wp.max({best}, wp.max({u}[wp.max({i} - {k}, 0)], {u}[wp.min({i} + {k}, {n} - 1)]))",
        "stencil loop math",
        k=inner(INT, "k"),
        best=Fresh(F, "peak", mutable=True),
        trailing=LINE,
    ),
)

PLANES: Rows = (
    idiom(
        "jacobi",
        "relaxes Poisson's equation by Jacobi sweeps",
        CROSS + "{new} = 0.25 * ({around} - {b}[{i}, {j}] * {dx} * {dx})",
        "stencil",
        leading=PLANE,
        u=FIELD,
        b=items(F, "rhs source divergence", "i j"),
        dx=SPACING,
        around=inner(F, "around"),
        new=Fresh(F, "p_new"),
        needs="kernel rank2",
    ),
    idiom(
        "diffuse_plane",
        "diffuses over a plane",
        CROSS + "{new} = {u}[{i}, {j}] + {rate} * {dt} * ({around} - 4.0 * {u}[{i}, {j}])",
        "stencil",
        leading=PLANE,
        u=FIELD,
        rate=Given(F, "diffusion viscosity"),
        dt=STEP,
        around=inner(F, "around"),
        new=Fresh(F, "u_new"),
        needs="kernel rank2",
    ),
    idiom(
        "divergence",
        "takes the divergence of velocities",
        "{du} = {u}[wp.min({i} + 1, {n} - 1), {j}][0] - {u}[wp.max({i} - 1, 0), {j}][0]\n"
        "{dv} = {u}[{i}, wp.min({j} + 1, {m} - 1)][1] - {u}[{i}, wp.max({j} - 1, 0)][1]\n{div} = 0.5 * ({du} + {dv}) * {inv}",
        "stencil vector",
        leading=PLANE,
        div=Fresh(F, "div"),
        u=items(V2, "velocity u velocities", "i j"),
        inv=Given(F, "inv_dx"),
        du=inner(F, "du"),
        dv=inner(F, "dv"),
        needs="kernel rank2",
    ),
    idiom(
        "vorticity",
        "takes the curl of velocities",
        "{dv} = {u}[wp.min({i} + 1, {n} - 1), {j}][1] - {u}[wp.max({i} - 1, 0), {j}][1]\n"
        "{du} = {u}[{i}, wp.min({j} + 1, {m} - 1)][0] - {u}[{i}, wp.max({j} - 1, 0)][0]\n{curl} = 0.5 * ({dv} - {du}) * {inv}",
        "stencil vector",
        leading=PLANE,
        curl=Fresh(F, "curl"),
        u=items(V2, "velocity u velocities", "i j"),
        inv=Given(F, "inv_dx"),
        du=inner(F, "du"),
        dv=inner(F, "dv"),
        needs="kernel rank2",
    ),
    idiom(
        "slope_magnitude",
        "finds edges by the slope's magnitude",
        "{dy} = {u}[wp.min({i} + 1, {n} - 1), {j}] - {u}[wp.max({i} - 1, 0), {j}]\n"
        "{dx} = {u}[{i}, wp.min({j} + 1, {m} - 1)] - {u}[{i}, wp.max({j} - 1, 0)]\n{size} = wp.sqrt({dx} * {dx} + {dy} * {dy})",
        "stencil math",
        leading=PLANE,
        u=FIELD,
        dy=inner(F, "dy"),
        dx=inner(F, "dx"),
        size=Fresh(F, "magnitude"),
        needs="kernel rank2",
    ),
    idiom(
        "sobel",
        "finds edges by Sobel filters",
        "{a} = wp.max({i} - 1, 0)\n{b} = wp.min({i} + 1, {n} - 1)\n{c} = wp.max({j} - 1, 0)\n{d} = wp.min({j} + 1, {m} - 1)\n"
        "{gx} = {u}[{a}, {d}] + 2.0 * {u}[{i}, {d}] + {u}[{b}, {d}] - {u}[{a}, {c}] - 2.0 * {u}[{i}, {c}] - {u}[{b}, {c}]\n"
        "{gy} = {u}[{b}, {c}] + 2.0 * {u}[{b}, {j}] + {u}[{b}, {d}] - {u}[{a}, {c}] - 2.0 * {u}[{a}, {j}] - {u}[{a}, {d}]\n"
        "{size} = wp.sqrt({gx} * {gx} + {gy} * {gy})",
        "math",
        leading=PLANE,
        u=items(F, "image pixels gray luminance", "i j"),
        a=inner(INT, "up"),
        b=inner(INT, "down"),
        c=inner(INT, "left"),
        d=inner(INT, "right"),
        gx=inner(F, "gx"),
        gy=inner(F, "gy"),
        size=Fresh(F, "edge"),
        needs="kernel rank2",
    ),
    idiom(
        "game_of_life",
        "lives by the rule of three neighbours",
        "{a} = ({i} + {n} - 1) % {n}\n{b} = ({i} + 1) % {n}\n{c} = ({j} + {m} - 1) % {m}\n{d} = ({j} + 1) % {m}\n"
        "{count} = {u}[{a}, {c}] + {u}[{a}, {j}] + {u}[{a}, {d}] + {u}[{i}, {c}]\n"
        "{count} = {count} + {u}[{i}, {d}] + {u}[{b}, {c}] + {u}[{b}, {j}] + {u}[{b}, {d}]\n{next} = {zero}\n"
        "if {count} == 3 or ({count} == 2 and {u}[{i}, {j}] == 1):\n    {next} = 1",
        "integer branch logic",
        leading=PLANE,
        u=items(INT, "cells alive state", "i j"),
        a=inner(INT, "up"),
        b=inner(INT, "down"),
        c=inner(INT, "left"),
        d=inner(INT, "right"),
        count=inner(INT, "alive_count"),
        zero=Zero(INT),
        next=Fresh(INT, "alive_next", mutable=True),
        needs="kernel rank2",
    ),
    idiom(
        "gray_scott",
        "reacts and diffuses two substances",
        CROSS + "{uvv} = {u}[{i}, {j}] * {v}[{i}, {j}] * {v}[{i}, {j}]\n"
        "{new} = {u}[{i}, {j}] + {dt} * ({rate} * ({around} - 4.0 * {u}[{i}, {j}]) - {uvv} + {feed} * (1.0 - {u}[{i}, {j}]))",
        "stencil",
        leading=PLANE,
        u=items(F, "u substrate", "i j"),
        v=items(F, "v activator", "i j"),
        rate=Given(F, "diffusion du"),
        feed=Given(F, "feed feed_rate"),
        dt=STEP,
        around=inner(F, "around"),
        uvv=inner(F, "uvv"),
        new=Fresh(F, "u_new"),
        needs="kernel rank2",
    ),
    idiom(
        "laplace_volume",
        "smooths a volume by its six neighbours",
        "{around} = {u}[wp.max({i} - 1, 0), {j}, {k}] + {u}[wp.min({i} + 1, {n} - 1), {j}, {k}]\n"
        "{around} = {around} + {u}[{i}, wp.max({j} - 1, 0), {k}] + {u}[{i}, wp.min({j} + 1, {m} - 1), {k}]\n"
        "{around} = {around} + {u}[{i}, {j}, wp.max({k} - 1, 0)] + {u}[{i}, {j}, wp.min({k} + 1, {l} - 1)]\n"
        "{new} = wp.lerp({u}[{i}, {j}, {k}], {around} / 6.0, {w})",
        "stencil",
        leading=PLANE,
        k=Thread(2),
        l=SizeOf("k"),
        u=items(F, "volume density phi field", "i j k"),
        w=Given(F, "weight relaxation omega"),
        around=inner(F, "around"),
        new=Fresh(F, "smoothed"),
        needs="kernel rank3",
    ),
)

FIELDS: Rows = (*STEPS, *PLANES)
