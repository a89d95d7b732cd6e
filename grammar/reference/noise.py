"""Perlin noise as Warp computes it: on a lattice whose gradients the random generator gives, bit for bit."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec, ordered_sum
from grammar.reference.errors import UndefinedError, UnreferencedError
from grammar.reference.generator import WORD, hashed, seeded, word_of

PRIMES = (73856093, 19349663, 53471161, 10000019)  # of the lattice's axes
FIELDS = (10019689, 13112221)  # what tells the second and the third potential of curl noise from the first

Lattice = Sequence[tuple[int, int]]  # on each axis the two lattice points that a coordinate lies between


def _cell(point: Any) -> tuple[list[tuple[int, int]], Any]:
    """The cell of the lattice that a point lies in, and where in it."""
    data = np.atleast_1d(point.data if isinstance(point, Vec) else point)
    floors = np.floor(data)
    if not np.all((floors >= -(2.0**31)) & (floors < 2.0**31)):
        raise UndefinedError("a coordinate of noise beyond int32")
    return [(int(low), int(low) + 1) for low in floors], data - floors


def _along(offset: Any, axis: int, rank: int) -> Any:
    """On each corner of a cell, how far along an axis a point lies from it."""
    shape = [1] * rank
    shape[axis] = 2
    return np.array([offset, offset - type(offset)(1)]).reshape(shape)


def _corner_gradients(state: int, lattice: Lattice, real: Any) -> Any:
    """The gradients on the corners of a cell: an axis of two for each of the lattice's, then their components."""
    parts = [[index * prime & WORD for index in pair] for pair, prime in zip(lattice, PRIMES, strict=False)]
    parts[-1] = [part + state & WORD for part in parts[-1]]
    words: Any = functools.reduce(np.bitwise_xor.outer, [np.array(part, np.uint64) for part in parts])
    draws = []
    for _ in lattice:
        words = hashed(words)
        draws.append((words >> 8).astype(real) * real(2.0**-24))
    if len(lattice) == 1:
        return (real(2) * draws[0] - real(1))[..., None]
    found = np.stack(draws, axis=-1) - real(0.5)
    length = np.sqrt(ordered_sum([found[..., axis] * found[..., axis] for axis in range(len(lattice))]))[..., None]
    return np.where(length > 0, found / length, real(0))


def _corner_values(gradients: Any, inside: Any) -> Any:
    rank = len(inside)
    return ordered_sum([_along(inside[axis], axis, rank) * gradients[..., axis] for axis in range(rank)])


def _step(t: Any) -> Any:
    """The quintic step from 0 to 1."""
    real = type(t)
    return t * t * t * (t * (t * real(6) - real(15)) + real(10))


def _slope(t: Any) -> Any:
    """The derivative of the quintic step."""
    real = type(t)
    return real(30) * t * t * (t * (t - real(2)) + real(1))


def _field(state: int, lattice: Lattice, inside: Any) -> Any:
    """The noise at a point of a cell."""
    values = _corner_values(_corner_gradients(state, lattice, inside.dtype.type), inside)
    for t in inside:
        values = (values[1] - values[0]) * _step(t) + values[0]
    return values


def _field_gradient(state: int, lattice: Lattice, inside: Any) -> Any:
    """The gradient of the noise at a point of a cell."""
    gradients = _corner_gradients(state, lattice, inside.dtype.type)
    values = _corner_values(gradients, inside)
    for t, unit in zip(inside, np.eye(len(inside), dtype=inside.dtype), strict=True):
        rise = values[1] - values[0]
        across = (rise * _slope(t))[..., None] * unit
        gradients = (gradients[1] - gradients[0]) * _step(t) + across + gradients[0]
        values = rise * _step(t) + values[0]
    return gradients


def noise(state: Any, point: Any) -> Any:
    """Noise at a point of one to four coordinates; it may be negative. Raises `UndefinedError` beyond int32."""
    lattice, inside = _cell(point)
    return _field(word_of(state), lattice, inside)


def pnoise(state: Any, point: Any, *periods: Any) -> Any:
    """Noise that repeats. Raises `UnreferencedError` at negative coordinates, which Warp does not support."""
    lattice, inside = _cell(point)
    if any(low < 0 for low, _ in lattice):
        raise UnreferencedError("periodic noise at a negative coordinate")
    if any(period <= 0 for period in periods):
        raise UndefinedError("periodic noise whose period is not positive")
    lattice = [(low % int(n), (low % int(n) + 1) % int(n)) for (low, _), n in zip(lattice, periods, strict=True)]
    return _field(word_of(state), lattice, inside)


def curlnoise(state: Any, point: Vec, octaves: Any = 1, lacunarity: Any = 2.0, gain: Any = 0.5) -> Vec:
    """The rotated gradient of a field, or the curl of three in the space of x, y and z."""
    real, word = point.scalar, word_of(state)
    frequency = amplitude = real(1)
    plane = len(point) == 2
    sums = np.zeros((1 if plane else 3, len(point)), real)
    for _ in range(int(octaves)):
        lattice, inside = _cell(point * frequency)
        for place in range(len(sums)):
            word = word if place == 0 else seeded(word, FIELDS[place - 1])
            sums[place] += amplitude * _field_gradient(word, lattice, inside)
        amplitude *= real(gain)
        frequency *= real(lacunarity)
    if plane:
        return Vec(np.array([-sums[0, 1], sums[0, 0]], real))
    first, second, third = sums
    return Vec(np.array([third[1] - second[2], first[2] - third[0], second[0] - first[1]], real))
