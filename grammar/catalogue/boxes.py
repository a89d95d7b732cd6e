"""Boxes that overlap, by bounding volume hierarchies."""

from __future__ import annotations

from grammar.catalogue.hosts import bvh
from grammar.holes import Block, Const, Counter, Define, Expr, Fresh, Given, Hole, Index, Items, Thread, Zero
from grammar.production import Production, row, statement
from grammar.types import FLOAT, INT, Opaque, Pattern, TypeVariable, Vector

V3 = Vector(3, FLOAT)
T = TypeVariable("T", (FLOAT, V3, INT))
QUERY = Fresh(Opaque("BvhQuery"), "query", inner=True)
ITEM = Counter("bvh", "item j box primitive")
COUNT = Fresh(INT, "overlaps", mutable=True)
RADIUS = Given(FLOAT, "radius margin search_radius thickness")
FAR = Given(FLOAT, "max_t max_dist far")
NEXT = "\n{item} = int(0)\nwhile wp.bvh_query_next({query}, {item}):\n"
Holes = dict[str, Hole | Pattern]


def probe(noun: str) -> Holes:
    """A point that the thread reads, in a local."""
    names = "points positions sample_points centers query_points"
    return {"i": Thread(0), "probes": Items(V3, "i", names), "p": Fresh(V3, noun, inner=True)}


PROBE = "{p} = {probes}[{i}]\n"


def _walk(name: str, template: str, tags: str = "", /, **holes: Hole | Pattern) -> Production:
    return statement(name, template, more=holes, tags=f"query idiom loop {tags}", needs="kernel")


LOWERS, UPPERS = Items(V3, "bvh", "lowers box_lowers mins"), Items(V3, "bvh", "uppers box_uppers maxs")

# The thread's own box among all of them.
OWN: Holes = {
    "bvh": bvh(own=True),
    "lowers": LOWERS,
    "uppers": UPPERS,
    "i": Index("lowers", 0),
}
PAIRS: tuple[Production, ...] = (
    _walk(
        "bvh_pairs",
        "{count} = int(0)\n{query} = wp.bvh_query_aabb({bvh}, {lowers}[{i}], {uppers}[{i}])"
        + NEXT
        + "    if {item} > {i}:\n"
        "        {count} += 1",
        "branch reduction",
        **OWN,
        count=COUNT,
        query=QUERY,
        item=ITEM,
    ),
    _walk(
        "bvh_broad_phase",
        "{query} = wp.bvh_query_aabb({bvh}, {lowers}[{i}], {uppers}[{i}])" + NEXT + "    if {item} <= {i}:\n"
        "        continue\n"
        "    {body}",
        "branch",
        **OWN,
        query=QUERY,
        item=ITEM,
        body=Block(loop=True),
    ),
)

SUMS: tuple[Production, ...] = (
    _walk(
        "bvh_sum_around",
        PROBE
        + "{total} = {zero}\n{query} = wp.bvh_query_aabb({bvh}, {p} - {reach}, {p} + {reach})"
        + NEXT
        + "    {body}\n"
        "    {total} += {value}",
        "reduction",
        bvh=bvh(),
        **probe("center"),
        reach=Given(V3, "half_extents reach"),
        total=Fresh(T, "total", mutable=True),
        zero=Zero(T),
        query=QUERY,
        item=ITEM,
        body=Block(loop=True, shares=True),
        value=Expr(T),
    ),
    _walk(
        "bvh_sphere_sum",
        "{total} = {zero}\n{query} = wp.bvh_query_sphere({bvh}, {p}, {radius})" + NEXT + "    {total} += {value}",
        "reduction",
        bvh=bvh(),
        p=Expr(V3),
        radius=RADIUS,
        total=Fresh(T, "total", mutable=True),
        zero=Zero(T),
        query=QUERY,
        item=ITEM,
        value=Expr(T),
    ),
    _walk(
        "bvh_closest_center",
        PROBE + "{best} = {radius}\n{nearest} = int(-1)\n"
        "{query} = wp.bvh_query_sphere({bvh}, {p}, {radius})\n"
        "{item} = int(0)\n"
        "while wp.bvh_query_next({query}, {item}, {best}):\n"
        "    {d} = wp.length(0.5 * ({lowers}[{item}] + {uppers}[{item}]) - {p})\n"
        "    if {d} < {best}:\n"
        "        {best} = {d}\n"
        "        {nearest} = {item}",
        "reduction branch",
        bvh=bvh(),
        lowers=LOWERS,
        uppers=UPPERS,
        **probe("p"),
        radius=RADIUS,
        best=Fresh(FLOAT, "best", inner=True),
        nearest=Fresh(INT, "nearest", mutable=True),
        query=QUERY,
        item=ITEM,
        d=Fresh(FLOAT, "d", inner=True),
    ),
)

START = "{start} = {origins}[{i}]\n"


def _ray() -> Holes:
    names = "origins ray_origins starts"
    return {"i": Thread(0), "origins": Items(V3, "i", names), "start": Fresh(V3, "start", inner=True)}


SWEEPS: tuple[Production, ...] = (
    _walk(
        "bvh_ray_nearest",
        START + "{dir} = wp.normalize({direction})\n{best} = {far}\n{nearest} = int(-1)\n"
        "{query} = wp.bvh_query_ray({bvh}, {start}, {dir})\n"
        "{item} = int(0)\n"
        "while wp.bvh_query_next({query}, {item}, {best}):\n"
        "    {t} = wp.dot({centers}[{item}] - {start}, {dir})\n"
        "    if {t} > 0.0 and {t} < {best}:\n"
        "        {best} = {t}\n"
        "        {nearest} = {item}",
        "reduction branch",
        bvh=bvh(),
        centers=Items(V3, "bvh", "centers centroids box_centers"),
        **_ray(),
        direction=Expr(V3),
        dir=Fresh(V3, "dir", inner=True),
        far=FAR,
        best=Fresh(FLOAT, "best_t", inner=True),
        nearest=Fresh(INT, "hit_item", mutable=True),
        query=QUERY,
        item=ITEM,
        t=Fresh(FLOAT, "t", inner=True),
    ),
    _walk(
        "bvh_ray_count",
        "{count} = int(0)\n{query} = wp.bvh_query_ray({bvh}, {start}, {dir})" + NEXT + "    {count} += 1",
        "reduction",
        bvh=bvh(),
        start=Expr(V3),
        dir=Expr(V3),
        count=COUNT,
        query=QUERY,
        item=ITEM,
    ),
    _walk(
        "bvh_capsule_sweep",
        START + "{query} = wp.bvh_query_capsule({bvh}, {start}, {motion}, {radius})\n"
        "{item} = int(0)\n"
        "while wp.bvh_query_next({query}, {item}, 1.0):\n"
        "    {body}",
        bvh=bvh(),
        **_ray(),
        motion=Expr(V3),
        radius=RADIUS,
        query=QUERY,
        item=ITEM,
        body=Block(loop=True),
    ),
)

# From the root of one group of boxes.
ROOT = "{root} = wp.bvh_get_group_root({bvh}, {group})\n"
ROOTED: Holes = {
    "bvh": bvh(),
    "group": Expr(INT),
    "root": Fresh(INT, "root", inner=True),
    "count": COUNT,
    "query": QUERY,
    "item": ITEM,
}
# What a query starts from, and how its items are asked for; a box takes a distance too, to no effect.
BASES: tuple[tuple[str, str, str, Holes, str], ...] = (
    (
        "aabb",
        PROBE,
        "wp.bvh_query_aabb({bvh}, {p} - {reach}, {p} + {reach}, {root})",
        {**probe("center"), "reach": Given(V3, "half_extents reach"), "far": FAR},
        "{item}, {far})",
    ),
    ("ray", "", "wp.bvh_query_ray({bvh}, {start}, {dir}, {root})", {"start": Expr(V3), "dir": Expr(V3)}, "{item})"),
    (
        "sphere",
        "",
        "wp.bvh_query_sphere({bvh}, {p}, {radius}, root={root})",
        {"p": Expr(V3), "radius": RADIUS},
        "{item})",
    ),
    (
        "capsule",
        START,
        "wp.bvh_query_capsule({bvh}, {start}, {motion}, {radius}, {root})",
        {**_ray(), "motion": Expr(V3), "radius": RADIUS},
        "{item}, 1.0)",
    ),
)
GROUPS: tuple[Production, ...] = tuple(
    _walk(
        f"bvh_group_{kind}",
        before + ROOT + "{count} = int(0)\n{query} = " + query + NEXT.replace("{item})", limit) + "    {count} += 1",
        "reduction",
        **{**holes, **ROOTED},
    )
    for kind, before, query, holes, limit in BASES
)

# Queries of a kind that is known only at run time.
COUNT_HITS = Define(
    "@wp.func\n"
    "def {name}(query: wp.BvhQuery, limit: int) -> int:\n"
    "    count = int(0)\n"
    "    item = int(0)\n"
    "    while wp.bvh_query_next(query, item):\n"
    "        count += 1\n"
    "        if count >= limit:\n"
    "            break\n"
    "    return count\n",
    "count_hits num_overlaps hits_of",
)
LAST_HIT = Define(
    "@wp.func\n"
    "def {name}(query: wp.BvhQuery) -> int:\n"
    "    lowest = int(-1)\n"
    "    item = int(0)\n"
    "    while wp.bvh_query_next(query, item, {reach}):\n"
    "        if lowest < 0 or item < lowest:\n"
    "            lowest = item\n"
    "    return lowest\n",
    "lowest_hit first_item",
    options=(("reach", ("1.0", "10.0", "100.0")),),
)
ANY: tuple[Production, ...] = (
    _walk(
        "bvh_either",
        PROBE + "if {wide} != 0:\n"
        "    {query} = wp.bvh_query_sphere({bvh}, {p}, {radius})\n"
        "else:\n"
        "    {query} = wp.bvh_query_aabb({bvh}, {p}, {p})\n"
        "{count} = int(0)\n"
        "{item} = int(0)\n"
        "while wp.bvh_query_next({query}, {item}):\n"
        "    {count} += 1",
        "branch reduction",
        bvh=bvh(),
        **probe("p"),
        wide=Given(INT, "use_sphere wide_search"),
        radius=RADIUS,
        query=QUERY,
        count=COUNT,
        item=ITEM,
    ),
    row(
        "bvh_count_hits",
        "{count}(wp.bvh_query_sphere({bvh}, {p}, {radius}), {limit})",
        INT,
        count=COUNT_HITS,
        bvh=bvh(),
        p=Expr(V3),
        radius=Expr(FLOAT),
        limit=Const(INT, (16, 32, 64, 128)),
        tags="query",
        needs="kernel",
        noun="hits",
    ),
    row(
        "bvh_lowest_hit",
        "{lowest}(wp.bvh_query_ray({bvh}, {start}, {dir}))",
        INT,
        lowest=LAST_HIT,
        bvh=bvh(),
        start=Expr(V3),
        dir=Expr(V3),
        tags="query",
        needs="kernel",
        noun="first",
    ),
)

# One query that the threads of a block share: each gets an item or none at a time.
TILED: tuple[Production, ...] = tuple(
    statement(
        f"bvh_{kind}_tiled",
        f"{{count}} = int(0)\n{{query}} = wp.bvh_query_{kind}_tiled({arguments})\n"
        "while wp.tile_query_valid({query}):\n"
        "    if wp.untile(wp.bvh_query_next_tiled({query})) >= 0:\n"
        "        {count} += 1\n"
        "{total} = wp.tile_extract(wp.tile_sum(wp.tile({count})), 0)",
        bvh=bvh(),
        more=dict.fromkeys(corners, Expr(V3)),
        count=Fresh(INT, "mine", inner=True),
        query=Fresh(Opaque("BvhQueryTiled"), "query", inner=True),
        total=Fresh(INT, "found"),
        tags="query tile loop reduction",
        needs="kernel",
    )
    for kind, arguments, corners in (
        ("aabb", "{bvh}, {lower}, {upper}", ("lower", "upper")),
        ("ray", "{bvh}, {start}, {dir}", ("start", "dir")),
    )
)

BOXES = (*PAIRS, *SUMS, *SWEEPS, *GROUPS, *ANY, *TILED)
