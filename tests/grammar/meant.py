"""Forms that would be idle if growth had made them, and that a row of the catalogue means: each with its reason."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from grammar.term import Apply, Kernel, parts


@dataclass(frozen=True)
class Meant:
    """A form of the text that is no fault where a kernel has one of some rows; `rows` are names of rows or tags."""

    law: str
    rows: str
    form: str  # the whole text of the node at fault
    reason: str


MEANT: tuple[Meant, ...] = (
    Meant(
        "reads_only_what_is_there",
        "counter_left_over",
        r"\w+",
        "a loop's counter outlives it",
    ),
    Meant(
        "reads_only_what_is_there",
        "bvh_either mesh_either struct_in_branches",
        r"\w+",
        "a query is one of two kinds by branch, and Warp has no query to begin with",
    ),
    Meant(
        "reads_every_local",
        "reference_result reference_adjoint reference_result_wide",
        r"\w+",
        "a function is called for what it does to its argument",
    ),
    Meant("uses_whatever_it_defines", "operators", r"add|sub|mul|div|neg", "an operator calls the function"),
    Meant("stores_and_tests_what_varies", "print", r"wp\.printf\(.*\)|print\(.*\)", "a message is a constant"),
    Meant("stores_and_tests_what_varies", "while_true", r"True", "the loop leaves by its own `break`"),
    Meant("stores_and_tests_what_varies", "static constant_branch", r"wp\.static\(.*\)|[A-Z_]+", "Warp drops a branch"),
    Meant("stores_and_tests_what_varies", "call_put", r"target\[i\] = .*0\.0\)?", "what is small is set to zero"),
    Meant("stores_and_tests_what_varies", "results", r"return .*", "a zero vector has no direction"),
    Meant("stores_and_tests_what_varies", "claim fabric", r"wp\.atomic_(cas|exch)\(.*\)", "a flag is taken or not"),
    Meant(
        "stores_and_tests_what_varies",
        "tile_bvh_query_aabb_each tile_bvh_query_ray_each tile_mesh_query_aabb_each",
        r"wp\.atomic_add\(.*, 1\)",
        "a count counts by one",
    ),
    Meant("decides_nothing_beforehand", "static", r"wp\.static\(.*\)", "Python decides it"),
    Meant(
        "folds_no_literals",
        "local_array loop_form stencil loop idiom",
        r"\d+ (-|//) [12]",
        "the last place, the middle of a width that the row has",
    ),
    Meant("has_no_idle_jump_or_pass", "custom_gradient reference pass_form", r"pass", "a gradient that is none"),
    Meant("asks_what_is_not_known", "assert", r"\w+ >= 0", "an assertion always holds"),
)


def is_meant(law: str, node: ast.AST, kernel: Kernel) -> bool:
    """Whether a row of the kernel means what a law finds at fault."""
    return any(fits(entry, law, ast.unparse(node), kernel) for entry in MEANT)


def fits(entry: Meant, law: str, text: str, kernel: Kernel) -> bool:
    """Whether one exemption is of a law, a form and a kernel."""
    if entry.law != law or not re.fullmatch(entry.form, text, re.DOTALL):
        return False
    rows = {*entry.rows.split()}
    return any(
        isinstance(part, Apply) and bool(rows & {part.row, *part.overload.production.tags}) for part in parts(kernel)
    )
