"""The script of a finding: it exits with 1 on the bug, with 0 without."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grammar.inputs import Inputs
from grammar.term import Kernel
from synth.oracles.directions import is_real, moving, weighed
from synth.oracles.subject import INPUT_ROLES, leaves
from synth.oracles.verdict import Disagrees

from .arguments import Argument, argument, arrays_in, elements
from .expressions import UnreproducibleError, array_of, numbers, numpy_array
from .layout import INDENT, blocks, laid_out

HEAD = '''"""{title}
{story}
Exits with 1 where Warp shows this, with 0 where it does not{otherwise}.
"""
'''

MAIN = """
if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        wp.set_device("cpu")
        try:
            code = main()
        except Exception:
            traceback.print_exc()
            code = 2
    sys.exit(code)
"""

ISOLATED = """
if __name__ == "__main__":
    if sys.argv[1:] == ["run"]:
        with tempfile.TemporaryDirectory() as cache:
            wp.config.kernel_cache_dir = cache
            wp.set_device("cpu")
            main()
        sys.exit(0)
    try:
        code = subprocess.run([sys.executable, __file__, "run"], timeout=120, check=False).returncode
    except subprocess.TimeoutExpired:
        code = "a time limit"
    print("the process ends with", code)
    sys.exit(0 if code == 0 else 1)
"""

# Functions that a script defines if it calls them.
TOOLS = {
    "new": """
def new(struct, **fields):
    made = struct()
    for name, value in fields.items():
        setattr(made, name, value)
    return made
""",
    "known": """
def known(function, **settings):  # without those that this Warp does not have
    parameters = inspect.signature(function).parameters
    return {name: value for name, value in settings.items() if name in parameters}
""",
    "along": """
def along(direction, gradient):
    return (np.array(direction) * gradient.astype(np.float64)).sum()
""",
    "differing": """
def differing(found, expected):
    names = [name for name in found if not np.array_equal(found[name], expected[name], equal_nan=True)]
    for name in names:
        print(name, "is", found[name].tolist(), "expected", expected[name].tolist())
    return 1 if names else 0
""",
}

UNIQUE = re.compile(r', module="unique"|module="unique"(, )?')
PLAIN = {"optimization_level": 0}
LEVELS: Mapping[str, dict[str, Any]] = {
    "optimised": {"optimization_level": 2},
    "without its adjoint": PLAIN | {"enable_backward": False},
    "with no loop unrolled": PLAIN | {"enable_backward": False, "max_unroll": 0},
}
"""Options of a module by what the levels oracle says of a build, which it compares with one of `PLAIN` options."""


def repro(oracle: str, kernel: Kernel, source: str, verdict: Disagrees, smooth: Inputs, title: str) -> str:
    """Return the script; `UnreproducibleError` where an argument has no short form.

    `smooth` are inputs for a verdict that is not of certain ones.
    """
    imports, code = blocks(source)
    if oracle == "refusal":
        code = [UNIQUE.sub("", block) for block in code]
        return _script(title, verdict, imports, [*code, _function("main()", _refused(verdict.how))], MAIN)
    inputs: Inputs = verdict.details.get("inputs", smooth)
    arguments = [
        argument(s, inputs.arguments[s.name], generic=s.type in kernel.generic, grads=oracle == "gradient")
        for s in kernel.parameters
    ]
    launch = _launch(kernel.name, inputs.dim, arguments)
    end = MAIN
    match oracle:
        case "reference":
            functions = [_function("main()", [*_lines(arguments), launch, *_compared(verdict, arguments)])]
        case "gradient":
            functions = [_function("main()", [*_lines(arguments), *_derivative(kernel, verdict, launch)])]
        case "compile":
            functions = [_function("main()", [*_lines(arguments), *_tried(launch), "return 0"])]
        case "crash" | "hang":
            functions, end = [_function("main()", [*_lines(arguments), launch])], ISOLATED
        case "levels":
            code = [UNIQUE.sub("", block) for block in code]  # of what is left, the script's module has the options
            options = LEVELS.get(verdict.how.partition(",")[0])
            if options is None:
                raise UnreproducibleError("no option of a module makes this build")
            run = ["wp.set_module_options(options)", *_lines(arguments), launch, _results(kernel, arguments)]
            functions = [_function("run(options)", run), _pair(verdict, _spelled(PLAIN), _spelled(options))]
        case "twins":
            twin_imports, twin = blocks(verdict.details["twin"])
            imports, code = [*imports, *twin_imports], [*code, *_renamed(kernel.name, code, twin)]
            launch = _launch("kernel", inputs.dim, arguments)
            run = [*_lines(arguments), launch, _results(kernel, arguments)]
            functions = [_function("run(kernel)", run), _pair(verdict, kernel.name, f"{kernel.name}_twin")]
        case _:
            raise UnreproducibleError(f"there are no scripts of what the {oracle} oracle finds")
    tools = [text.strip("\n") for name, text in TOOLS.items() if re.search(rf"\b{name}\(", "".join(functions))]
    return _script(title, verdict, imports, [*code, *tools, *functions], end)


def _script(title: str, verdict: Disagrees, imports: list[str], parts: list[str], end: str) -> str:
    head = _head(title, verdict.how, ", with 2 where it fails otherwise" if end is MAIN else "")
    parts = ["\n".join(_imported(imports, [*parts, end])), *parts, end.strip("\n")]
    return head + "\n" + "\n\n\n".join(parts) + "\n"


def _head(title: str, how: str, otherwise: str) -> str:
    """The docstring, with the beginning of a long story."""
    lines = how.strip().splitlines()[:6]
    story = "" if title.endswith("\n".join(lines)) else "\n".join(["", *lines, ""])
    title, story = (text.replace('"""', "'''").replace("\\", "/") for text in (title, story))
    return HEAD.format(title=title, story=story, otherwise=otherwise)


def _imported(imports: Iterable[str], parts: Sequence[str]) -> list[str]:
    """The lines of imports: those of the kernel, and of the modules that the rest of the script needs."""
    rest = "\n".join(parts)
    needed = [
        f"import {name}" for name in ("inspect", "subprocess", "sys", "tempfile", "traceback") if f"{name}." in rest
    ]
    ours = ["import numpy as np", "import warp as wp"]
    begun = ["", "wp.init()  # before constants are made"] if re.search(r"^\w+ = ", rest, re.MULTILINE) else []
    return [*sorted({*needed, *imports} - {*ours}), "", *ours, *begun]


def _function(head: str, lines: Iterable[str]) -> str:
    return "\n".join([f"def {head}:", *(_indented(line) for line in lines)])


def _indented(line: str) -> str:
    code = line.lstrip(" ")
    return laid_out(code, INDENT + line[: len(line) - len(code)])


def _lines(arguments: Iterable[Argument]) -> list[str]:
    return [line for each in arguments for line in each.lines]


def _launch(kernel: str, dim: tuple[int, ...], arguments: Iterable[Argument]) -> str:
    return f"wp.launch({kernel}, dim={dim}, inputs=[{', '.join(each.given for each in arguments)}])"


def _tried(line: str) -> list[str]:
    return ["try:", INDENT + line, "except Exception as error:", f"{INDENT}print(error)", f"{INDENT}return 1"]


def _refused(how: str) -> list[str]:
    """What Warp does with a mistake: compile it, or say so by an error that is not one of these."""
    stage, _, message = how.partition(": ")
    test, accepted = f'type(error).__name__ == "{message.partition(":")[0]}"', 0
    if stage == "native":
        test = '"build failed" in str(error)'
    elif stage not in {"codegen", "import"}:
        test, accepted = "False", 1
    return [
        "try:",
        f"{INDENT}wp.load_module()",
        "except Exception as error:",
        f"{INDENT}print(type(error).__name__, error)",
        f"{INDENT}return 1 if {test} else 0",
        f"return {accepted}",
    ]


# --- checks ---------------------------------------------------------------------------------------------------------


def _compared(verdict: Disagrees, arguments: Iterable[Argument]) -> list[str]:
    """What the reference oracle compares: the array that its words begin with."""
    said = re.match(r"[\w.]+", verdict.how)
    assert said is not None, verdict.how
    name = said[0]
    found = {name: array for each in arguments for name, array in each.results.items()}.get(name)
    if found is None:
        raise UnreproducibleError(f"a script cannot read {name}")
    expected, atol = verdict.details["expected"][name], verdict.details.get("spread", 0.0) * 2.0
    return [
        f"expected = {numpy_array(expected)}",
        f"found = {found}.astype(expected.dtype).reshape(expected.shape)",
        'print("found", found.tolist())',
        'print("expected", expected.tolist())',
        f"return 0 if np.allclose(found, expected, rtol=0.0, atol={atol!r}, equal_nan=True) else 1",
    ]


def _results(kernel: Kernel, arguments: Iterable[Argument]) -> str:
    """The line that returns the arrays that a kernel may change."""
    changed = [each.results for s, each in zip(kernel.parameters, arguments, strict=True) if s.role not in INPUT_ROLES]
    found = ", ".join(f'"{name}": {array}' for results in changed for name, array in results.items())
    return f"return {{{found}}}"


def _spelled(options: Mapping[str, Any]) -> str:
    items = (f'"{name}": {value}' for name, value in options.items())
    return f"{{{', '.join(items)}}}"


def _pair(verdict: Disagrees, plain: str, other: str) -> str:
    """The function that runs two builds; if the other one is refused, there is nothing to compare."""
    if "inputs" in verdict.details:
        return _function("main()", [f"expected = run({plain})", f"return differing(run({other}), expected)"])
    return _function("main()", [f"run({plain})", *_tried(f"run({other})"), "return 0"])


def _renamed(name: str, code: list[str], twin: list[str]) -> list[str]:
    """The parts of a twin that are its own, and all that name the kernel, which has another name there."""
    pattern = re.compile(rf"\b((?:make_)?{name})\b")
    return [pattern.sub(r"\1_twin", part) for part in twin if part not in code or pattern.search(part)]


def _derivative(kernel: Kernel, verdict: Disagrees, launch: str) -> list[str]:
    """The adjoint's launch, and the derivative along a direction that comes of it."""
    details = verdict.details
    adjoint, direction = details["adjoint"], details["direction"]
    lines = ["tape = wp.Tape()", "with tape:", INDENT + launch]
    for symbol in weighed(kernel):
        for path, element, rank in arrays_in(symbol):
            weights = array_of(element, _part(adjoint.cotangents, path), rank)
            lines.append(f"{path}.grad.assign({weights})")  # in place: a struct holds a copy of where it is
    lines += ["tape.backward()", "found = 0.0"]
    for symbol in moving(kernel):
        for path, element, _ in arrays_in(symbol):
            arrays = dict(elements(element, path, f"{path}.grad.numpy()"))
            ways = {name: way for name, way in leaves(_part(direction, path), path) if is_real(way)}
            lines += [f"found += along({numbers(way)}, {arrays[name]})" for name, way in ways.items()]
    expected, tolerance = float(details["expected"]), float(details["tolerance"])
    lines.append(f'print("the derivative along a direction is", found, "expected", {expected!r})')
    lines.append(f"return 0 if abs(found - {expected!r}) <= {tolerance!r} else 1")
    return lines


def _part(values: Mapping[str, Any], path: str) -> Any:
    """The part of some arguments that is at a path of names."""
    for name in path.split("."):
        values = values[name]
    return values
