"""A standalone script that shows a finding with Warp and NumPy alone: it exits with 1 on the bug, with 0 without."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from grammar.inputs import HostObject, Inputs
from grammar.term import Kernel, Symbol
from grammar.types import Scalar, Struct, Type, scalar_of, spell

from .oracles.gradient import moving, weighed
from .oracles.verdict import Disagrees


class UnreproducibleError(Exception):
    """There is no standalone script for a finding; the message says why."""


HEAD = '''"""{title}

{story}

Exits with 1 where Warp shows this, with 0 where it does not.
"""

import subprocess
import sys
import tempfile

import numpy as np
{imports}
inf, nan = np.inf, np.nan
{source}

'''

MAIN = """

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        sys.exit(main())
"""

ISOLATED = """

if __name__ == "__main__":
    if sys.argv[1:] == ["run"]:
        with tempfile.TemporaryDirectory() as cache:
            wp.config.kernel_cache_dir = cache
            main()
        sys.exit(0)
    try:
        code = subprocess.run([sys.executable, __file__, "run"], timeout=120, check=False).returncode
    except subprocess.TimeoutExpired:
        code = "a time limit"
    print("the process ends with", code)
    sys.exit(0 if code == 0 else 1)
"""


def repro(oracle: str, kernel: Kernel, source: str, verdict: Disagrees, smooth: Inputs, title: str) -> str:
    """Return the script; `UnreproducibleError` where an argument has no short form.

    `smooth` are inputs for a verdict that is not of certain ones.
    """
    inputs: Inputs = verdict.details.get("inputs", smooth)
    lines = re.sub(r"\A(from .*\n|import .*\n|\n)+", "", source)
    imports = "\n".join(line for line in source.splitlines() if line.startswith(("import ", "from ")))
    story = "\n".join(f"{line}" for line in verdict.how.strip().splitlines()[:6])
    head = HEAD.format(title=title, story=story.replace('"""', "'''").replace("\\", "/"), imports=imports, source=lines)
    body = _launch(kernel, inputs)
    match oracle:
        case "reference":
            return head + _main(kernel, inputs, body, _outputs(kernel, verdict)) + MAIN
        case "gradient":
            return head + ALONG + _main(kernel, inputs, _taped(kernel, inputs), _derivative(kernel, verdict)) + MAIN
        case "compile":
            tried = (
                "    try:\n"
                + _indented(body)
                + "    except Exception as error:\n        print(error)\n        return 1\n"
            )
            return head + _main(kernel, inputs, tried, "    return 0\n") + MAIN
        case "crash" | "hang":
            return head + _main(kernel, inputs, body, "    return 0\n") + ISOLATED
        case _:
            raise UnreproducibleError(f"the {oracle} oracle compares two builds: see kernel.py and the README")


def _main(kernel: Kernel, inputs: Inputs, body: str, check: str) -> str:
    lines = [f"    {line}" for symbol in kernel.parameters for line in _declared(symbol, inputs.arguments[symbol.name])]
    return "def main():\n" + "\n".join(lines) + "\n" + body + check


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _launch(kernel: Kernel, inputs: Inputs) -> str:
    names = ", ".join(symbol.name for symbol in kernel.parameters)
    return f'    wp.launch({kernel.name}, dim={inputs.dim}, inputs=[{names}], device="cpu")\n'


def _taped(kernel: Kernel, inputs: Inputs) -> str:
    return "    tape = wp.Tape()\n    with tape:\n" + _indented(_launch(kernel, inputs))


# --- arguments ------------------------------------------------------------------------------------------------------


def _declared(symbol: Symbol, value: Any) -> list[str]:
    if isinstance(value, HostObject):
        raise UnreproducibleError(f"{symbol.name} is a {value.kind}: replay it with this package")
    if symbol.extents:
        return [f"{symbol.name} = {_array(symbol.type, value, len(symbol.extents), grad=symbol.type)}"]
    return [f"{symbol.name} = {_value(symbol.type, value)}"]


def _array(of: Type, value: Any, rank: int, grad: Type | None = None) -> str:
    has_grad = grad is not None and _is_real(grad)
    wanted = ", requires_grad=True" if has_grad else ""
    if isinstance(of, Struct):
        first = value
        while isinstance(first, Mapping):
            first = next(iter(first.values()))
        shape = np.shape(first)[:rank]
        if rank != 1:
            raise UnreproducibleError("an array of structs has more than one axis")
        items = ", ".join(_value(of, _element(value, i)) for i in range(shape[0]))
        return f'wp.array([{items}], dtype={of.name}, device="cpu"{wanted})'
    shape = value.shape[:rank]
    if 0 in shape:
        return f'wp.empty(shape={shape}, dtype={spell(of)}, device="cpu"{wanted})'
    return f'wp.array(np.array({_numbers(value)}), dtype={spell(of)}, device="cpu"{wanted})'


def _element(value: Any, i: int) -> Any:
    return {name: _element(part, i) for name, part in value.items()} if isinstance(value, Mapping) else value[i]


def _value(of: Type, value: Any) -> str:
    if isinstance(of, Struct):
        raise UnreproducibleError("a struct is passed")
    array = np.asarray(value)
    if array.ndim == 0:
        return repr(array.item()) if array.dtype.kind != "V" else repr(float(array))
    return f"{spell(of)}({', '.join(map(repr, array.astype(float).ravel().tolist()))})"


def _numbers(value: Any) -> str:
    wide = value.astype(np.float64) if value.dtype.kind == "V" else value
    dtype = "np.float32" if value.dtype.kind == "V" else f"np.{value.dtype.name}".replace("np.bool", "np.bool_")
    return f"{wide.tolist()}, dtype={dtype}"


def _is_real(of: Type) -> bool:
    scalar = scalar_of(of)
    return isinstance(scalar, Scalar) and "float" in scalar.name


# --- checks ---------------------------------------------------------------------------------------------------------


def _outputs(kernel: Kernel, verdict: Disagrees) -> str:
    found, expected = verdict.details["found"], verdict.details["expected"]
    name = next(each for each in found if verdict.how.startswith(each))
    symbol = next(s for s in kernel.parameters if s.name == name.partition(".")[0])
    if isinstance(symbol.type, Struct):
        raise UnreproducibleError("the output is an array of structs")
    atol = verdict.details.get("spread", 0.0) * 2.0
    return (
        f"    expected = np.array({_numbers(expected[name])})\n"
        f"    found = {name}.numpy().astype(expected.dtype).reshape(expected.shape)\n"
        f'    print("found", found.tolist())\n    print("expected", expected.tolist())\n'
        f"    return 0 if np.allclose(found, expected, rtol=0.0, atol={atol!r}, equal_nan=True) else 1\n"
    )


ALONG = """

def along(direction, gradient):
    array = gradient.numpy().astype(np.float64)
    return (array * direction.reshape(array.shape)).sum()

"""


def _derivative(kernel: Kernel, verdict: Disagrees) -> str:
    details = verdict.details
    adjoint, direction = details["adjoint"], details["direction"]
    lines = []
    for symbol in weighed(kernel):
        if isinstance(symbol.type, Struct):
            raise UnreproducibleError("an output is an array of structs")
        weights = _array(symbol.type, adjoint.cotangents[symbol.name], len(symbol.extents))
        lines.append(f"    {symbol.name}.grad = {weights}")
    lines.append("    tape.backward()")
    terms = []
    for symbol in moving(kernel):
        if isinstance(symbol.type, Struct):
            raise UnreproducibleError("an input is an array of structs")
        lines.append(f"    along_{symbol.name} = np.array({_numbers(direction[symbol.name])})")
        terms.append(f"along(along_{symbol.name}, {symbol.name}.grad)")
    lines.append(f"    found = {' + '.join(terms)}")
    expected, tolerance = details["expected"], details["tolerance"]
    lines.append(f'    print("the derivative along a direction is", found, "expected", {expected!r})')
    lines.append(f"    return 0 if abs(found - {expected!r}) <= {tolerance!r} else 1")
    return "\n".join(lines) + "\n"
