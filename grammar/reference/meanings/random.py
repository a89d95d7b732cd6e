"""Random numbers, samples of shapes and Perlin noise, by Warp's own generator.

A draw changes the state that it is given; noise only reads it. Calls are evaluated from left to right, as in Warp.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec
from grammar.reference.errors import UndefinedError, UnreferencedError
from grammar.reference.generator import WORD, hashed, seeded
from grammar.reference.machine import Machine, Meaning, rounded, working
from grammar.reference.noise import curlnoise, noise, pnoise
from grammar.reference.values import RandomState

LEAST = 5.96e-8  # what a normal draw adds, so that there is a logarithm
LIBRARY = 2.0  # units in the last place that sin, cos, acos, exp and log may be off
POWER = 4.0  # the same of a power

# The error of Stirling's series for log(gamma), from its first term.
STIRLING = (
    8.333333333333333e-02,
    -2.777777777777778e-03,
    7.936507936507937e-04,
    -5.952380952380952e-04,
    8.417508417508418e-04,
    -1.917526917526918e-03,
    6.410256410256410e-03,
    -2.955065359477124e-02,
    1.796443723688307e-01,
    -1.39243221690590e00,
)
HALF_LOG_TAU = 0.5 * 1.8378770664093453


# --- the generator ---------------------------------------------------------------------------------------------------


def _rand_init(seed: Any, offset: Any = None) -> RandomState:
    return RandomState(seeded(int(seed), None if offset is None else int(offset)))


def _drawn(state: Any) -> int:
    """32 random bits, and the state advanced."""
    if not isinstance(state, RandomState):
        raise UnreferencedError("a random state that is no result of wp.rand_init")
    state.word = hashed(state.word)
    return state.word


def _real(machine: Machine) -> Any:
    return machine.type("float32").dtype


def _integer(state: Any, low: Any, high: Any, of: Any) -> Any:
    drawn = _drawn(state)
    if low is not None:
        size = int(high) - int(low)
        if size <= 0:
            raise UndefinedError("a random integer out of none")
        drawn = drawn % size + int(low)
    return np.uint32(drawn & WORD).astype(of)


def _randi(state: Any, low: Any = None, high: Any = None) -> Any:
    return _integer(state, low, high, np.int32)


def _randu(state: Any, low: Any = None, high: Any = None) -> Any:
    return _integer(state, low, high, np.uint32)


def _randf(machine: Machine, state: Any, low: Any = None, high: Any = None) -> Any:
    real = _real(machine)
    drawn = real(_drawn(state) >> 8) * real(2.0**-24)
    return drawn if low is None else (high - low) * drawn + low


def _library(machine: Machine, function: Callable[..., Any], *arguments: Any, ulps: float = LIBRARY) -> Any:
    """A function of the C library, on scalars."""
    return machine.inexactly(rounded(function(*map(working, arguments)), arguments[0]), ulps)


def _randn(machine: Machine, state: Any) -> Any:
    """By Box and Muller."""
    real = _real(machine)
    logarithm = _library(machine, np.log, _randf(machine, state) + real(LEAST))
    turned = _library(machine, np.cos, real(2) * real(math.pi) * _randf(machine, state))
    return np.sqrt(real(-2) * logarithm) * turned


# --- distributions ---------------------------------------------------------------------------------------------------


def _sample_cdf(machine: Machine, state: Any, cdf: Any) -> Any:
    """The first entry that is not less than a draw, by bisection: what it is if they do not ascend, bisection says."""
    drawn = _randf(machine, state)
    low, high = 0, int(cdf.shape[0]) - 1
    while low < high:
        middle = (low + high) // 2
        if cdf[middle] < drawn:
            low = middle + 1
        else:
            high = middle
    return np.int32(low)


def _poisson(machine: Machine, state: Any, lam: Any) -> Any:
    if lam >= 10:
        return _poisson_by_rejection(machine, state, lam)
    return np.uint32(0) if lam == 0 else _poisson_by_product(machine, state, lam)


def _poisson_by_product(machine: Machine, state: Any, lam: Any) -> Any:
    least = _library(machine, np.exp, -lam)
    product, count = _randf(machine, state), 0
    while product > least:
        product *= _randf(machine, state)
        count += 1
    return np.uint32(count)


def _poisson_by_rejection(machine: Machine, state: Any, lam: Any) -> Any:
    """Hörmann, The transformed rejection method for generating Poisson random variables, 1993."""
    real = _real(machine)
    log = functools.partial(_library, machine, np.log)
    b = real(0.931) + real(2.53) * np.sqrt(lam)
    a = real(-0.059) + real(0.02483) * b
    alpha = real(1.1239) + real(1.1328) / (b - real(3.4))
    sure = real(0.9277) - real(3.6224) / (b - real(2))
    log_lam, log_alpha = log(lam), log(alpha)
    while machine.fuel > 0:
        machine.fuel -= 1
        u = _randf(machine, state) - real(0.5)
        v = _randf(machine, state)
        beside = real(0.5) - np.abs(u)
        count = np.floor((real(2) * a / beside + b) * u + lam + real(0.43))
        if beside >= real(0.07) and v <= sure:
            return _counted(count)
        if count < 0 or (beside < real(0.013) and v > beside):
            continue
        density = -lam + count * log_lam - _log_gamma(machine, count + real(1))
        if log(v) + log_alpha - log(a / (beside * beside) + b) <= density:
            return _counted(count)
    raise UnreferencedError("it runs for too long")


def _counted(count: Any) -> Any:
    if not 0 <= count <= WORD:
        raise UndefinedError("a count beyond uint32")
    return np.uint32(int(count))


def _log_gamma(machine: Machine, x: Any) -> Any:
    """Zhang and Jin, Computation of Special Functions, 1996: Stirling's series from 7 on, the recurrence below."""
    real = _real(machine)
    log = functools.partial(_library, machine, np.log)
    if x in (1, 2):
        return real(0)
    steps = int(real(7) - x) if x < 7 else 0
    raised = x + real(steps)
    square = (real(1) / raised) * (real(1) / raised)
    series = real(STIRLING[-1])
    for coefficient in STIRLING[-2::-1]:
        series = series * square + real(coefficient)
    found = series / raised + real(HALF_LOG_TAU) + (raised - real(0.5)) * log(raised) - raised
    for _ in range(steps):
        raised -= real(1)
        found -= log(raised)
    return found


# --- samples of shapes -----------------------------------------------------------------------------------------------


def _vector(*components: Any) -> Vec:
    return Vec(np.array(components, components[0].dtype))


def _angle(machine: Machine, state: Any) -> Any:
    real = _real(machine)
    return _randf(machine, state, real(0), real(2) * real(math.pi))


def _triangle(machine: Machine, state: Any) -> Vec:
    root = np.sqrt(_randf(machine, state))
    return _vector(_real(machine)(1) - root, _randf(machine, state) * root)


def _ring(machine: Machine, state: Any) -> Vec:
    angle = _angle(machine, state)
    return _vector(_library(machine, np.cos, angle), _library(machine, np.sin, angle))


def _disk(machine: Machine, state: Any) -> Vec:
    radius = np.sqrt(_randf(machine, state))
    return _vector(*(radius * part for part in _ring(machine, state).data))


def _ball(share: int, *, surface: bool) -> Callable[[Machine, Any], Vec]:
    """Points of the part of a unit ball above z = 1 - share, or of its surface."""

    def sample(machine: Machine, state: Any) -> Vec:
        real = _real(machine)
        polar = _library(machine, np.arccos, real(1) - real(share) * _randf(machine, state))
        x, y = _ring(machine, state).data
        third = real(1) / real(3)
        radius = real(1) if surface else _library(machine, np.power, _randf(machine, state), third, ulps=POWER)
        across, up = _library(machine, np.sin, polar), _library(machine, np.cos, polar)
        return _vector(radius * x * across, radius * y * across, radius * up)

    return sample


def _cube(rank: int) -> Callable[[Machine, Any], Vec]:
    """Points of the unit cube about the origin."""
    return lambda machine, state: _vector(*(_randf(machine, state) - _real(machine)(0.5) for _ in range(rank)))


MEANINGS: dict[str, Meaning] = {
    "rand_init": Meaning(_rand_init),
    "randi": Meaning(_randi),
    "randu": Meaning(_randu),
    "randf": Meaning(_randf, machine=True),
    "randn": Meaning(_randn, machine=True),
    "poisson": Meaning(_poisson, machine=True),
    "sample_cdf": Meaning(_sample_cdf, machine=True),
    "sample_triangle": Meaning(_triangle, machine=True),
    "sample_unit_ring": Meaning(_ring, machine=True),
    "sample_unit_disk": Meaning(_disk, machine=True),
    "sample_unit_square": Meaning(_cube(2), machine=True),
    "sample_unit_cube": Meaning(_cube(3), machine=True),
    "sample_unit_sphere": Meaning(_ball(2, surface=False), machine=True),
    "sample_unit_sphere_surface": Meaning(_ball(2, surface=True), machine=True),
    "sample_unit_hemisphere": Meaning(_ball(1, surface=False), machine=True),
    "sample_unit_hemisphere_surface": Meaning(_ball(1, surface=True), machine=True),
    "noise": Meaning(noise),
    "pnoise": Meaning(pnoise),
    "curlnoise": Meaning(curlnoise),
}
