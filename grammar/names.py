"""What things are called: names by role and type, as people name them, and fresh within a kernel."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field

from grammar.choices import Choices
from grammar.types import (
    BOOL,
    Array,
    Matrix,
    Opaque,
    Quaternion,
    Scalar,
    Struct,
    Tile,
    Transformation,
    Type,
    Vector,
    is_integer,
)

RESERVED = frozenset(keyword.kwlist) | {"wp", "range", "float", "int", "bool", "len", "print"}

THREADS = (("tid", "i", "idx"), ("j", "row", "col"), ("k", "layer", "channel"), ("l",))
COUNTERS = ("j", "k", "s", "m", "step", "slot", "n0", "q", "r")

# The element type's family, and the names of arrays of it that a kernel reads.
INPUTS = {
    "float": (
        "weights masses densities pressures temperatures radii values samples scores intensities charges heights lengths"
        " stiffnesses areas volumes depths potentials gains energies losses rates distances ages thicknesses signal"
    ),
    "vec": (
        "positions velocities forces normals points directions vertices displacements gradients offsets_xyz tangents"
        " centers momenta targets accelerations rest_positions particles_q particles_qd colors origins corners axes"
    ),
    "int": "counts labels flags levels keys groups ids ranks priorities states parents colors_id bins codes steps masks kinds",
    "bool": "active_mask visible enabled is_fixed valid contact_mask",
    "mat": "rotations inertias stresses strains frames jacobians deformations blocks metrics tensors transforms_m bases",
    "quat": "orientations rotations_q attitudes joint_q body_q poses_q",
    "transform": "body_poses joint_frames shape_transforms camera_poses link_frames anchors_xform rest_frames",
}
OUTPUTS = {
    "float": "out result energy error residuals total_weight new_values pressure_out density_out response magnitudes heat norms",
    "vec": "out new_positions new_velocities total_force result_vec normals_out displaced velocities_out gradient_out impulses",
    "int": "out_index counts_out histogram labels_out flags_out cell_ids result_id new_states matches hits",
    "bool": "mask_out selected is_active",
    "mat": "out_matrix new_frames stress_out jacobian_out result_mat covariances",
    "quat": "out_rotation new_orientations result_q aligned_q",
    "transform": "out_transforms new_poses world_frames poses_out",
}
VALUES = {
    "float": "dt scale alpha threshold radius stiffness damping epsilon beta gamma cutoff weight mass mu rho margin gain rate spacing inv_dx",
    "vec": "gravity origin direction center wind axis lower upper target offset normal bounds_min bounds_max",
    "int": "stride mode level limit seed phase max_steps mask shift base group width bits window",
    "bool": "use_weights clamp_result accumulate_all",
    "mat": "frame metric rotation tensor view basis",
    "quat": "rotation orientation base_q attitude",
    "transform": "base_frame sensor_pose parent_xform root_pose",
}
LOCALS = {
    "float": "a b value w d s t x y u h f e r",
    "vec": "p v q d u g f e delta_v",
    "int": "a b key c n m h code bucket",
    "bool": "hit inside active ok",
    "mat": "a_mat b_mat m R J K",
    "quat": "q q0 q1 rot",
    "transform": "xform pose frame tf X",
    "tile": "t tile_a tile_b block chunk panel",
    "opaque": "state query result",
    "array": "values items",
}
LOOKUPS = "indices neighbors edges parents_idx face_ids cell_index particle_ids mapping targets_idx links rows_idx perm"
POINTERS = "idx neighbor parent other owner cell vertex node source slot"
OFFSETS = "row_offsets cell_start starts segment_offsets offsets"
SIZES = "n count num_items num_points num_particles num_cells num_rows num_samples num_edges num_bins size length_n"
FUNCTIONS = {
    "float": "falloff weight_of kernel_value evaluate blend response smooth_step energy_of penalty interpolate shape_value ramp remap",
    "vec": "displace project_on relative_velocity force_of reflect_about advect to_local spring_force offset_point mix_vec",
    "int": "hash_code cell_of pack_key next_state level_of bucket_of mix_bits",
    "bool": "is_inside should_skip is_close overlaps",
    "mat": "stress_of frame_of outer_term rotate_frame blend_mat",
    "quat": "turn_by blend_rotation relative_rotation spin_step",
    "transform": "compose_frames relative_pose frame_of_body",
}
CONSTANTS = {
    "float": "TOLERANCE MAX_SPEED RELAXATION MIN_DISTANCE SMOOTHING SCALE EPSILON GAIN THRESHOLD HALF_WIDTH",
    "int": "MAX_ITERATIONS NUM_AXES STRIDE BLOCK MAX_DEPTH MASK NUM_BINS LEVELS OFFSET WIDTH",
}
STRUCTS = (
    ("Particle", "particle", "particles"),
    ("Material", "material", "materials"),
    ("Body", "body", "bodies"),
    ("SimParams", "params", "params_list"),
    ("Contact", "contact", "contacts"),
    ("Node", "node", "nodes"),
    ("Ray", "ray", "rays"),
    ("Sample", "sample", "sample_list"),
    ("Spring", "spring", "springs"),
    ("Cell", "cell_data", "cells"),
    ("Agent", "agent", "agents"),
    ("Light", "light", "lights"),
)
FIELDS = {
    "float": "mass radius stiffness damping density charge age temperature weight energy rate length friction spacing",
    "vec": "position velocity force normal axis center direction color anchor",
    "int": "index group flags count kind state level",
    "bool": "active fixed visible",
    "mat": "inertia frame stress basis",
    "quat": "orientation spin pose",
    "transform": "frame_local anchor_frame pose_world",
}
VERBS = {
    "write": ("compute", "evaluate", "update", "apply", "build", "step", "transform", "filter", "estimate", "prepare"),
    "update": ("integrate", "advance", "accumulate", "relax", "correct", "add"),
    "atomic": ("accumulate", "scatter", "reduce", "collect", "count", "sum", "deposit", "splat"),
}


def family(of: Type) -> str:
    """The family a type's names come from."""
    match of:
        case Vector():
            return "vec"
        case Matrix():
            return "mat"
        case Quaternion():
            return "quat"
        case Transformation():
            return "transform"
        case Struct():
            return "struct"
        case Array():
            return "array"
        case Tile():
            return "tile"
        case Opaque():
            return "opaque"
        case Scalar():
            return "bool" if of == BOOL else "int" if is_integer(of) else "float"


@dataclass(slots=True)
class Names:
    """The names one function's scope has taken; no two things in it share one."""

    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    above: set[str] = field(default_factory=set)
    """Of these, the names of what stands above the kernel."""
    idle: list[str] = field(default_factory=list)
    """Counters of loops that are over, as which later loops may have them again."""

    def refer(self, name: str) -> None:
        """Take the name of something above the kernel, which this scope uses."""
        self.taken.add(name)
        self.above.add(name)

    def may_refer(self, name: str) -> bool:
        """Whether no local has the name of something above the kernel."""
        return name in self.above or name not in self.taken

    def again(self, candidates: str | tuple[str, ...]) -> str | None:
        """The name of an earlier loop's counter, as people call it `j` again, if it is one of the candidates."""
        words = _words(candidates)
        known = next((name for name in self.idle if name.rstrip("0123456789") in words), None)
        if known is not None:
            self.idle.remove(known)
        return known

    def fresh(self, candidates: str | tuple[str, ...], choices: Choices) -> str:
        """The first free of a few neighbouring candidates; when all are taken, one with a number."""
        words = _words(candidates)
        start = choices.below(len(words)) if len(words) > 1 else 0
        for word in words[start:] + words[:start]:
            if word not in self.taken:
                self.taken.add(word)
                return word
        return self.numbered(words[start])

    def numbered(self, word: str) -> str:
        """The word itself if it is free, else with the first free number."""
        number, name = 1, word
        while name in self.taken:
            number += 1
            name = f"{word}_{number}" if word[-1].isdigit() else f"{word}{number}"
        self.taken.add(name)
        return name


def _words(candidates: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(candidates.split()) if isinstance(candidates, str) else candidates


SINGULAR = {
    "radii": "radius",
    "indices": "index",
    "vertices": "vertex",
    "axes": "axis",
    "bases": "basis",
    "masses": "mass",
    "losses": "loss",
    "boxes": "box",
    "stresses": "stress",
    "stiffnesses": "stiffness",
    "thicknesses": "thickness",
}


def singular(name: str) -> str:
    """What one element of an array of this name is called."""
    name = name.rpartition(".")[2]
    head, _, tail = name.rpartition("_")
    one = SINGULAR.get(tail) or (
        tail[:-3] + "y" if tail.endswith("ies") else tail[:-1] if tail.endswith("s") and not tail.endswith("ss") else ""
    )
    return (f"{head}_{one}" if head else one) if one else f"{name}_value"
