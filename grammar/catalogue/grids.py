"""Neighbours of points by hash grids."""

from __future__ import annotations

from grammar.catalogue.hosts import grid
from grammar.holes import Block, Const, Counter, Expr, Fresh, Given, Hole, Index, Items, Pointer, Thread, Zero
from grammar.production import Production, statement
from grammar.types import DOUBLE, FLOAT, HALF, INT, Opaque, Pattern, TypeVariable, VectorOf

# A grid has a scalar type of its own.
G = TypeVariable("G", (FLOAT, DOUBLE, HALF))
P = VectorOf(3, G)
RADIUS = Given(G, "radius search_radius cutoff support smoothing_length")
BODY = Block(loop=True, shares=True)

# The loops over the candidates near a point, with the holes they need; everything in the loop is indented.
QUERY = "wp.hash_grid_query({grid}, {p}, {radius})"
QUERY_GROUP = "wp.hash_grid_query({grid}, {p}, {radius}, {group})"
WHILE = "{query} = " + QUERY + "\n{j} = int(0)\nwhile wp.hash_grid_query_next({query}, {j}):"
WHILE_GROUP = "{query} = " + QUERY_GROUP + "\n{j} = int(0)\nwhile wp.hash_grid_query_next({query}, {j}):"
FOR = "for {j} in " + QUERY + ":"
Holes = dict[str, Hole | Pattern]
LOOP: Holes = {
    "query": Fresh(Opaque("HashGridQuery"), "neighbors", inner=True),
    "j": Counter("grid", "neighbor index j other"),
}


def _walk(name: str, head: str, loop: str, body: str, holes: Holes, tail: Holes, tags: str = "") -> Production:
    """A loop over the neighbours of a point: what comes before it, its head, its body and the holes in order."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    template = f"{head}{loop}\n{lines}"
    between = {key: hole for key, hole in LOOP.items() if f"{{{key}}}" in loop}
    return statement(name, template, more={**holes, **between, **tail}, tags=f"query idiom loop {tags}", needs="kernel")


# The thread's own particle among all of them.
OWN: Holes = {
    "grid": grid(G, own=True),
    "points": Items(P, "grid", "positions points particle_x particle_q"),
    "i": Index("points", 0),
    "p": Fresh(P, "x", inner=True),
    "radius": RADIUS,
}
POSITION = "{p} = {points}[{i}]\n"
# What lies between the particle and a neighbour.
OFFSET: Holes = {"r": Fresh(P, "offset", inner=True), "d": Fresh(G, "distance", inner=True)}
OFFSET_LINES = "{r} = {p} - {points}[{j}]\n{d} = wp.length({r})\n"
DISTANCE: Holes = {"d": Fresh(G, "distance", inner=True)}
DISTANCE_LINE = "{d} = wp.length({p} - {points}[{j}])\n"

SELF: tuple[Production, ...] = (
    _walk(
        "neighbor_density",
        POSITION + "{total} = {zero}\n",
        WHILE,
        DISTANCE_LINE + "if {d} < {radius}:\n    {total} += {masses}[{j}] * ({radius} - {d})",
        {
            **OWN,
            "masses": Items(G, "grid", "masses weights volumes"),
            "total": Fresh(G, "density", mutable=True),
            "zero": Zero(G),
        },
        DISTANCE,
        "reduction",
    ),
    _walk(
        "neighbor_density_for",
        POSITION + "{total} = {zero}\n",
        FOR,
        DISTANCE_LINE + "if {d} < {radius}:\n    {body}\n    {total} += {value} * ({radius} - {d})",
        {**OWN, "total": Fresh(G, "rho", mutable=True), "zero": Zero(G)},
        {**DISTANCE, "body": BODY, "value": Expr(G)},
        "reduction",
    ),
    _walk(
        "neighbor_force",
        POSITION + "{total} = {zero}\n",
        WHILE,
        OFFSET_LINES + "if {j} != {i} and {d} < {radius}:\n    {total} += {r} * {value}",
        {**OWN, "total": Fresh(P, "force", mutable=True), "zero": Zero(P)},
        {**OFFSET, "value": Expr(G)},
        "reduction vector",
    ),
    _walk(
        "neighbor_separation",
        POSITION + "{total} = {zero}\n",
        FOR,
        "if {j} != {i}:\n"
        "    {r} = {p} - {points}[{j}]\n"
        "    {d} = wp.max(wp.length({r}), {least})\n"
        "    if {d} < {radius}:\n"
        "        {total} += {r} * ({radius} - {d}) / {d}",
        {**OWN, "total": Fresh(P, "push", mutable=True), "zero": Zero(P)},
        {**OFFSET, "least": Const(G, (0.001, 0.01, 0.0625))},
        "reduction vector branch",
    ),
    _walk(
        "neighbor_count",
        POSITION + "{count} = int(0)\n",
        WHILE,
        "if {j} != {i} and wp.length({p} - {points}[{j}]) <= {radius}:\n    {count} += 1",
        {**OWN, "count": Fresh(INT, "num_neighbors", mutable=True)},
        {},
        "reduction branch",
    ),
    _walk(
        "neighbor_nearest",
        POSITION + "{best} = {radius}\n{nearest} = int(-1)\n",
        WHILE,
        DISTANCE_LINE + "if {d} < {best} and {j} != {i}:\n    {best} = {d}\n    {nearest} = {j}",
        {**OWN, "best": Fresh(G, "best", inner=True), "nearest": Fresh(INT, "nearest", mutable=True)},
        DISTANCE,
        "reduction branch",
    ),
    _walk(
        "neighbor_contacts",
        POSITION,
        WHILE,
        "if {j} == {i}:\n    continue\n" + OFFSET_LINES + "if {d} < {radius}:\n    {body}",
        OWN,
        {**OFFSET, "body": Block(loop=True)},
        "branch",
    ),
    _walk(
        "neighbor_count_group",
        POSITION + "{group} = {groups}[{i}]\n{count} = int(0)\n",
        WHILE_GROUP,
        "if wp.length({p} - {points}[{j}]) < {radius}:\n    {count} += 1",
        {
            **OWN,
            "groups": Items(INT, "grid", "groups group_ids phases"),
            "group": Fresh(INT, "group", inner=True),
            "count": Fresh(INT, "count", mutable=True),
        },
        {},
        "reduction branch",
    ),
)

# Any point, among others.
PROBE: Holes = {"grid": grid(G), "p": Expr(P), "radius": RADIUS}
GATHERED: tuple[Production, ...] = (
    _walk(
        "gather_nearby",
        "{total} = {zero}\n",
        WHILE,
        "{body}\n{total} += {value}",
        {**PROBE, "total": Fresh(G, "sum", mutable=True), "zero": Zero(G)},
        {"body": BODY, "value": Expr(G)},
        "reduction",
    ),
    _walk(
        "gather_nearby_vec",
        "{total} = {zero}\n",
        FOR,
        "{total} += {value}",
        {**PROBE, "total": Fresh(P, "sum", mutable=True), "zero": Zero(P)},
        {"value": Expr(P)},
        "reduction vector",
    ),
    _walk(
        "gather_group",
        "{total} = {zero}\n",
        WHILE_GROUP,
        "{total} += {value}",
        {**PROBE, "group": Expr(INT), "total": Fresh(G, "sum", mutable=True), "zero": Zero(G)},
        {"value": Expr(G)},
        "reduction",
    ),
)

# Threads in the order of the grid's cells, so that neighbours read what is near in memory.
SORTED = statement(
    "grid_order",
    "{i} = wp.hash_grid_point_id({grid}, {thread})",
    grid=grid(G, own=True),
    thread=Thread(0),
    i=Pointer("grid", "i particle p_index"),
    tags="query idiom gather",
    needs="kernel",
)

GRIDS = (*SELF, *GATHERED, SORTED)
