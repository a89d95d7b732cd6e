"""What Warp's linear algebra on tiles means: products, factors, solves and transforms, in the order of its CPU code."""

from __future__ import annotations

from typing import Any

import numpy as np

from grammar.reference.errors import UnreferencedError
from grammar.reference.fused import fused_multiply_add
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings import scalar
from grammar.reference.meanings.tile_memory import placed
from grammar.reference.tile import Tile
from grammar.reference.values import CompoundType


def _matmul(a: Tile, b: Tile, out: Tile | None = None, alpha: Any = 1.0, beta: Any = 1.0) -> Tile | None:
    """`alpha * a @ b`, or `out` changed in place to `alpha * a @ b + beta * out`."""
    if isinstance(a.element, CompoundType):
        raise UnreferencedError("a product of complex tiles")
    of = a.data.dtype if out is None else out.data.dtype
    left, right = a.data.astype(of), b.data.astype(of)
    total = np.zeros((left.shape[0], right.shape[1]), of)
    for k in range(len(right)):
        total = fused_multiply_add(left[:, k, None], right[None, k], total)
    product = of.type(alpha) * total
    if out is None:
        return Tile(product, a.element)
    out.data[...] = product if beta == 0 else product + of.type(beta) * out.data
    return None


def _is_upper(fill_mode: Any) -> bool:
    return bool(fill_mode == "upper")


def _factor(a: Any, *, upper: bool) -> Any:
    """Cholesky's factor of the matrix that one triangle of an array holds; zero in the other triangle."""
    source = a.T if upper else a
    found = np.zeros_like(source)
    for j in range(len(source)):
        column = source[j:, j].copy()
        for k in range(j):
            column = column - found[j:, k] * found[j, k]
        found[j, j] = np.sqrt(column[0])
        found[j + 1 :, j] = column[1:] * (source.dtype.type(1) / found[j, j])
    return found.T if upper else found


def _substituted(triangle: Any, right: Any, rows: range) -> Any:
    """The solution of a triangular system, row by row in this order; a diagonal of zero is taken for one."""
    found = right.copy()
    for done, i in enumerate(rows):
        total = found[i].copy()
        for j in sorted(rows[:done]):
            total = total - triangle[i, j] * found[j]
        found[i] = total / triangle[i, i] if triangle[i, i] != 0 else total
    return found


def _forward(lower: Any, right: Any) -> Any:
    return _substituted(lower, right, range(len(lower)))


def _backward(upper: Any, right: Any) -> Any:
    return _substituted(upper, right, range(len(upper) - 1, -1, -1))


def _cholesky(A: Tile, fill_mode: Any = "lower") -> Tile:  # noqa: N803
    return Tile(np.ascontiguousarray(_factor(A.data, upper=_is_upper(fill_mode))), A.element)


def _cholesky_inplace(A: Tile, fill_mode: Any = "lower") -> None:  # noqa: N803
    A.data[...] = _factor(A.data, upper=_is_upper(fill_mode))


def _cholesky_solve(L: Tile, y: Tile, fill_mode: Any = "lower") -> Tile:  # noqa: N803
    lower = L.data.T if _is_upper(fill_mode) else L.data
    return Tile(_backward(lower.T, _forward(lower, y.data)), y.element)


def _cholesky_solve_inplace(L: Tile, y: Tile, fill_mode: Any = "lower") -> None:  # noqa: N803
    y.data[...] = _cholesky_solve(L, y, fill_mode).data


def _lower_solve(L: Tile, y: Tile) -> Tile:  # noqa: N803
    return Tile(_forward(L.data, y.data), y.element)


def _lower_solve_inplace(L: Tile, y: Tile) -> None:  # noqa: N803
    y.data[...] = _forward(L.data, y.data)


def _upper_solve(U: Tile, z: Tile) -> Tile:  # noqa: N803
    return Tile(_backward(U.data, z.data), z.element)


def _upper_solve_inplace(U: Tile, z: Tile) -> None:  # noqa: N803
    z.data[...] = _backward(U.data, z.data)


# --- Fourier transforms ----------------------------------------------------------------------------------------------


def _transform(sign: int) -> Meaning:
    """The transform of each row of complex numbers in place, not normalised: by halves, as in Warp's CPU code.

    What is inexact is the first twiddle factor of each stage; errors in it grow as they do there.
    """

    def computed(machine: Machine, inout: Tile) -> None:
        data = inout.data.reshape(-1, inout.sizes[-1], 2)
        length, real = data.shape[1], data.dtype.type
        if length & (length - 1):
            raise UnreferencedError("a Fourier transform of a length that is no power of two")
        data = data[:, _bits_reversed(length)]
        size = 2
        while size <= length:
            twiddles = _twiddles(machine, real(sign) * real(2.0 * np.pi) / real(size), size // 2)
            data = _butterflies(data.reshape(-1, size, 2), twiddles).reshape(data.shape)
            size *= 2
        inout.data[...] = data.reshape(inout.data.shape)

    return Meaning(computed, machine=True)


def _bits_reversed(length: int) -> list[int]:
    bits = length.bit_length() - 1
    return [int(f"{i:0{bits}b}"[::-1], 2) if bits else 0 for i in range(length)]


def _twiddles(machine: Machine, theta: Any, count: int) -> Any:
    """The powers of a root of unity, each the product of the one before with the first."""
    real = type(theta)
    step_re = scalar.MEANINGS["cos"].on(machine)(theta)
    step_im = scalar.MEANINGS["sin"].on(machine)(theta)
    powers = [(real(1), real(0))]
    for _ in range(count - 1):
        re, im = powers[-1]
        powers.append((re * step_re - im * step_im, re * step_im + im * step_re))
    return np.array(powers, real)


def _butterflies(blocks: Any, twiddles: Any) -> Any:
    half = blocks.shape[1] // 2
    even, odd = blocks[:, :half], blocks[:, half:]
    re = twiddles[:, 0] * odd[..., 0] - twiddles[:, 1] * odd[..., 1]
    im = twiddles[:, 0] * odd[..., 1] + twiddles[:, 1] * odd[..., 0]
    turned = np.stack([re, im], axis=-1)
    return np.concatenate([even + turned, even - turned], axis=1)


MEANINGS: dict[str, Meaning] = {
    "tile_matmul": placed(_matmul),
    "tile_cholesky": Meaning(_cholesky),
    "tile_cholesky_inplace": Meaning(_cholesky_inplace),
    "tile_cholesky_solve": Meaning(_cholesky_solve),
    "tile_cholesky_solve_inplace": Meaning(_cholesky_solve_inplace),
    "tile_lower_solve": Meaning(_lower_solve),
    "tile_lower_solve_inplace": Meaning(_lower_solve_inplace),
    "tile_upper_solve": Meaning(_upper_solve),
    "tile_upper_solve_inplace": Meaning(_upper_solve_inplace),
    "tile_fft": _transform(-1),
    "tile_ifft": _transform(1),
}
