"""The arguments of a launch in a script: how they are made, what the launch is given, and where their arrays are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grammar.inputs import HostObject, scalar_type
from grammar.term import Symbol
from grammar.types import Array, Scalar, Struct, Type, spell

from .expressions import UnreproducibleError, array_of, numbers, numpy_array, plain_array, rows, value_of

VECTORS = {"float16": "wp.vec3h", "float32": "wp.vec3", "float64": "wp.vec3d"}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: the lines that make it, what the launch is given, and its arrays afterwards.

    `results` are expressions of NumPy arrays, by their names as `synth.oracles.subject.arrays` has them.
    """

    lines: tuple[str, ...]
    given: str
    results: dict[str, str] = field(default_factory=dict)


def argument(symbol: Symbol, value: Any, *, generic: bool = False, grads: bool = False) -> Argument:
    """An argument of a kernel, of a `generic` type in it or not; arrays hold gradients if `grads` are asked for.

    Raises `UnreproducibleError` where it has no short form.
    """
    name, of = symbol.name, symbol.type
    if isinstance(value, HostObject):
        return _hosted(name, of, value, grads=grads)
    if symbol.extents:
        made = array_of(of, value, len(symbol.extents), grads=grads)
        return Argument((f"{name} = {made}",), name, dict(elements(of, name, f"{name}.numpy()")))
    if generic and isinstance(of, Scalar):  # a number of Python's would decide on another overload
        return Argument((f"{name} = wp.{of.name}({value_of(of, value)})",), name)
    return _struct_or_number(name, of, value, grads=grads)


def _struct_or_number(name: str, of: Type, value: Any, *, grads: bool) -> Argument:
    return Argument((f"{name} = {value_of(of, value, grads=grads)}",), name, dict(_held(of, name)))


def elements(of: Type, name: str, array: str) -> Iterator[tuple[str, str]]:
    """The numbers in an array of a type, which is structured if they are a struct's: names and expressions."""
    if isinstance(of, Struct):
        for part, held in of.fields:
            yield from _column(held, f"{name}.{part}", f'{array}["{part}"]')
    else:
        yield name, array


def _column(of: Type, name: str, array: str) -> Iterator[tuple[str, str]]:
    """The numbers in a field of a structured array; of bfloat16, Warp tells NumPy of whole numbers."""
    is_brain = not isinstance(of, Struct | Array) and scalar_type(of) == Scalar("bfloat16")
    yield from elements(of, name, f"({array}.astype(np.uint32) << 16).view(np.float32)" if is_brain else array)


def arrays_in(symbol: Symbol) -> Iterator[tuple[str, Type, int]]:
    """The arrays of an argument: itself, or those that a struct holds; where each is, of what, and its axes."""
    if symbol.extents:
        yield symbol.name, symbol.type, len(symbol.extents)
    else:
        yield from _fields(symbol.type, symbol.name)


def _fields(of: Type, name: str) -> Iterator[tuple[str, Type, int]]:
    """The arrays that a struct holds, which is passed by value: a kernel changes nothing else of it."""
    if isinstance(of, Struct):
        for part, held in of.fields:
            if isinstance(held, Array):
                yield f"{name}.{part}", held.element, held.rank
            yield from _fields(held, f"{name}.{part}")


def _held(of: Type, name: str) -> Iterator[tuple[str, str]]:
    """The numbers in those arrays: names and expressions."""
    for path, element, _ in _fields(of, name):
        yield from elements(element, path, f"{path}.numpy()")


def _hosted(name: str, of: Type, value: HostObject, *, grads: bool) -> Argument:
    data = value.data
    match value.kind:
        case "struct" | "target struct":
            return _struct_or_number(name, of, data, grads=grads)
        case "struct rows":
            return _struct_rows(name, of, data)
        case "indexed":
            made = f"wp.indexedarray({array_of(of, data['values'], 1)}, [{_whole(data['indices'])}])"
            return Argument((f"{name} = {made}",), name, dict(elements(of, name, f"{name}.data.numpy()")))
        case "grid":
            return _grid(name, data)
        case "bvh":
            corners = f"{_vectors(data['lowers'])}, {_vectors(data['uppers'])}"
            return _by_id(name, f"wp.Bvh({corners}{_known('wp.Bvh.__init__', groups=_whole(data['groups']))})")
        case "mesh":
            groups = {"groups": _whole(data["groups"])} if len(data["groups"]) else {}
            settings = f"velocities={_vectors(data['velocities'])}, support_winding_number=True"
            vertices = f"{_vectors(data['points'])}, {_whole(data['indices'])}"
            return _by_id(name, f"wp.Mesh({vertices}, {settings}{_known('wp.Mesh.__init__', **groups)})")
        case "topology":
            frame = f"translation={numbers(data['translation'])}, transform={numbers(data['transform'])}"
            voxels = plain_array(data["voxels"], "wp.vec3i")
            return _by_id(name, f"wp.Volume.allocate_by_voxels({voxels}, {frame})")
        case "texture1" | "texture2" | "texture3":
            return _texture(name, f"wp.Texture{value.kind[-1]}D", data)
        case _:
            raise UnreproducibleError(f"{name} is made of a {value.kind}, which takes many lines")


def _struct_rows(name: str, of: Type, data: Any) -> Argument:
    """An array of structs that hold arrays, which are read where they are."""
    lines = (f"{name}_rows = {rows(of, data)}", f"{name} = wp.array({name}_rows, dtype={spell(of)})")
    every = {
        held: f"np.stack([{array.replace(name, 'row', 1)} for row in {name}_rows])" for held, array in _held(of, name)
    }
    return Argument(lines, name, every)


def _grid(name: str, data: Any) -> Argument:
    """A hash grid, of a type and with groups where Warp knows of those."""
    points = data["points"]
    scalar = points.dtype.name
    wide = "" if scalar == "float32" else f", dtype=wp.{scalar}"
    groups = _known(f"{name}.build", groups=_whole(data["groups"]))
    made = f"{name} = wp.HashGrid({', '.join(map(str, data['dims'].tolist()))}{wide})"
    built = f"{name}.build({plain_array(points, VECTORS[scalar])}, {float(data['width'])!r}{groups})"
    return Argument((made, built), f"{name}.id")


def _texture(name: str, of: str, data: Any) -> Argument:
    modes = {"mip_filter_mode": int(data["mip_filter"]), "num_mip_levels": int(data["levels"])}
    settings = (
        f"address_mode={tuple(data['address'].tolist())}, filter_mode={int(data['filter'])}, "
        f"normalized_coords={bool(data['normalized'])}"
    )
    known = _known(f"{of}.__init__", **{setting: str(mode) for setting, mode in modes.items()})
    return Argument((f"{name} = {of}({numpy_array(data['texels'])}, {settings}{known})",), name)


def _by_id(name: str, made: str) -> Argument:
    return Argument((f"{name} = {made}",), f"{name}.id")


def _known(function: str, **settings: str) -> str:
    """Arguments of a function that only some versions of Warp have."""
    given = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f", **known({function}, {given})" if given else ""


def _vectors(values: Any) -> str:
    return plain_array(values, "wp.vec3")


def _whole(values: Any) -> str:
    return plain_array(values, "int")
