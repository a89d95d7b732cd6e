"""What only the host can make: the kinds of objects that rows ask for, what each has to be, and the holes that ask.

An argument from the host is a symbol whose `index_of` is the extent of its items: arrays that a kernel indexes by an
item have that many elements. Its type is what the object holds: the value of a volume's voxels, a texture's texel.
"""

from __future__ import annotations

from collections.abc import Mapping

from grammar.holes import Host
from grammar.types import FLOAT, INT, Pattern, Struct, Type, Vector

HOSTS: Mapping[str, str] = {
    "grid": "hash grid of the argument's scalar type, with groups: of the points that the kernel reads by its items",
    "bvh": "BVH with groups: of the lower and upper corners that the kernel reads by its items, else of any boxes",
    "mesh": "closed mesh of as many triangles as it has items, with velocities, groups and support_winding_number",
    "volume": "volume of the argument's type; the kernel reads it",
    "target volume": "volume of the argument's type with a leaf wherever the launch's indices lie; the kernel writes it",
    "topology": "volume of as many voxels as it has items: allocate_by_voxels, of any type",
    "struct": "struct of the argument's type, whose arrays have an element for each item; the kernel reads it",
    "target struct": "the same; the kernel writes each item's own elements",
    "struct rows": "array of as many structs of the argument's type, each with arrays as large; threads write their own",
    "indexed": "indexed array of the argument's type: an index for each item, into any array of that type",
    "fabric": "Fabric array of the argument's type: an attribute with an element for each item",
    "fabric arrays": "the same of an attribute that is an array: at least one element in each",
    "indexed fabric": "Fabric array of the argument's type with an index for each item, each index once",
    "indexed fabric arrays": "the same of an attribute that is an array: at least one element in each",
    "seed": "any whole number",
    "texture1": "1-D texture of float32 with as many channels as the argument's type has components, with mipmaps",
    "texture2": "2-D texture of float32 with as many channels as the argument's type has components, with mipmaps",
    "texture3": "3-D texture of float32 with as many channels as the argument's type has components, with mipmaps",
}

# What a texture gives when it has several channels.
TEXELS: tuple[Type, ...] = (Vector(2, FLOAT), Vector(4, FLOAT))


def grid(of: Pattern, *, own: bool = False) -> Host:
    """A hash grid of points of a scalar type; its `own` points are the threads'."""
    return Host("grid", "grid hash_grid grid_id neighbor_grid", pattern=of, own=own)


def bvh(*, own: bool = False) -> Host:
    """A hierarchy of boxes; its `own` boxes are the threads'."""
    return Host("bvh", "bvh bvh_id scene_bvh tree", own=own)


def mesh(*, own: bool = False) -> Host:
    """A triangle mesh; its `own` triangles are the threads'."""
    return Host("mesh", "mesh mesh_id shape_mesh geometry", own=own)


def volume(of: Pattern) -> Host:
    """A sparse volume of values to read."""
    return Host("volume", "volume volume_id field_volume grid_volume", pattern=of)


def target_volume(of: Pattern) -> Host:
    """A sparse volume to write to."""
    return Host("target volume", "target_volume out_volume result_volume", pattern=of)


TOPOLOGY = Host("topology", "topology voxels index_volume")


def texture(rank: int, of: Pattern) -> Host:
    """A texture of one to three dimensions."""
    nouns = ("lut ramp_texture profile_tex", "texture image tex", "texture3d field_tex density_tex")
    return Host(f"texture{rank}", nouns[rank - 1], f"wp.Texture{rank}D", pattern=of)


def struct(of: Struct) -> Host:
    """A struct with arrays, which have an element for each thread."""
    return Host("struct", "view fields source_view state_view", "{T}", of, own=True)


def target_struct(of: Struct) -> Host:
    """A struct with arrays, of which each thread writes its own elements."""
    return Host("target struct", "target_view out_fields result_view", "{T}", of, own=True)


def struct_rows(of: Struct) -> Host:
    """An array of structs that hold arrays, a struct for each thread."""
    return Host("struct rows", "views field_rows tables", "wp.array(dtype={T})", of, own=True)


def indexed(of: Pattern) -> Host:
    """An indexed array with an index for each thread."""
    return Host("indexed", "selection picked subset chosen_rows", "wp.indexedarray(dtype={T})", of, own=True)


def fabric(of: Pattern, *, indexed: bool, arrays: bool) -> Host:
    """A Fabric array with an item for each thread, whole or by an index; its values may be arrays."""
    kind = f"{'indexed ' if indexed else ''}fabric{' arrays' if arrays else ''}"
    annotation = f"wp.{'indexed' if indexed else ''}fabricarray{'array' if arrays else ''}(dtype={{T}})"
    return Host(kind, "attribute fabric_values stage_values", annotation, of, own=True)


SEED = Host("seed", "seed base_seed rng_seed", "int", INT)
