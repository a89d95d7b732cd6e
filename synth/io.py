"""What a record says of its kernel's runs: launches with their inputs, outputs and gradients, to the bit."""

import base64
from collections.abc import Mapping
from typing import Any

import ml_dtypes
import msgspec
import numpy as np

AGREES = "agrees"
"""What `reference` and `gradient` of a kernel's runs say when all is well."""

DTYPES = {"bfloat16": ml_dtypes.bfloat16}


class Launch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One launch.

    An array is an object with `dtype`, `shape` (the array's axes, then those of an element's components) and `bits`:
    its bytes, little-endian and in row-major order, in Base64. A struct is an object of its fields, an array of structs
    one of arrays; what only the host can make has a `kind` and the `data` that it is made of.
    """

    shape: str
    """Of the launch: `smooth` (distinct moderate values) or `odd` (odd sizes; zeros, ties and denormals among them)."""
    dim: tuple[int, ...]
    """Threads along each axis of the launch."""
    inputs: dict[str, Any]
    """Every argument before the launch, by name."""
    outputs: dict[str, Any]
    """The arguments that the kernel may change, after the launch."""
    cotangents: dict[str, Any] = {}
    """The gradients with respect to the outputs that the adjoint started from; empty where no gradient was compared."""
    gradients: dict[str, Any] = {}
    """What the adjoint gave for the arrays of floats that the kernel reads."""


class Io(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The runs of a kernel, on the CPU, and what the oracles say of them."""

    reference: str
    """`agrees`: the outputs are those of the source run by CPython; else why they were not compared."""
    gradient: str
    """`agrees`: the adjoint is the derivative; else why they were not compared."""
    exact: bool
    """Whether the outputs use no function that may be off in the last place, so that they are the same everywhere."""
    launches: tuple[Launch, ...]
    """`smooth` and `odd`, also that of the gradients if another; none where outputs are not to be relied on."""


def encode_array(array: Any) -> dict[str, Any]:
    """Return an array as JSON holds it."""
    whole = np.ascontiguousarray(array)
    return {
        "dtype": whole.dtype.name,
        "shape": list(np.shape(array)),
        "bits": base64.b64encode(whole.tobytes()).decode(),
    }


def decode_array(encoded: Mapping[str, Any]) -> Any:
    """Return the array that `encode_array` encoded."""
    dtype = np.dtype(DTYPES.get(encoded["dtype"], encoded["dtype"]))
    return np.frombuffer(base64.b64decode(encoded["bits"]), dtype).reshape(encoded["shape"])


def encode_value(value: Any) -> Any:
    """Return an argument as JSON holds it."""
    if isinstance(value, Mapping):
        return {name: encode_value(part) for name, part in value.items()}
    if hasattr(value, "kind") and hasattr(value, "data"):
        return {"kind": value.kind, "data": encode_value(value.data)}
    return None if value is None else value if isinstance(value, str | int | float | bool) else encode_array(value)
