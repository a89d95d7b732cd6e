"""The tables of what datasets hold."""

from synth.near.splits import SPLITS

from .distribution import PERCENTILES, Distribution
from .measures import Inventory, Measures
from .names import part_names
from .table import Cell, Many, Table, beside
from .wording import NONE, count, listed, megabytes, percent, quantity, share

TOP = 15
"""Constructs and built-ins that are named."""
SHOWN = tuple(each for each in PERCENTILES if each != 50)
SPREAD = ("mean", "median", *(f"{percentile} %" for percentile in SHOWN), "most")


def overview(many: Many) -> Table:
    """What the datasets are."""
    return beside(
        "Datasets",
        many,
        (
            ("compiled for", _target),
            ("by", lambda each: listed(list(each.compilers)) or NONE),
            ("records", lambda each: count(each.records)),
            ("size of their JSON", lambda each: megabytes(each.text_bytes)),
            ("pairs of Python and a text made of it", lambda each: count(each.pairs)),
            ("tokens in all texts", lambda each: count(sum(text.tokens.total for text in each.texts.values()))),
            ("categories", lambda each: count(len(each.categories))),
            ("different rows of the catalogue", lambda each: _of_known(each.constructs, each)),
            ("different built-ins called", lambda each: count(each.builtins.distinct)),
            ("different types of argument", lambda each: count(each.argument_types.distinct)),
            ("arguments of a kernel, median", lambda each: count(each.arguments.median)),
            ("launches recorded", lambda each: count(each.launches)),
            ("near-duplicates among the records", lambda each: share(each.clusters.near_duplicates)),
            ("records to train on, to validate, to test", _split_sizes),
            ("Warp", lambda each: each.warp),
            ("Warpsmith", lambda each: each.about.warpsmith),
            ("profile, seed", lambda each: f"{each.about.configuration.profile}, {each.about.configuration.seed}"),
        ),
    )


def _target(each: Measures) -> str:
    arch = each.about.configuration.arch
    devices = listed(each.device.split(","))
    return devices if arch is None else f"{devices}, sm_{arch}"


def _split_sizes(each: Measures) -> str:
    return ", ".join(count(each.splits[name].records if name in each.splits else 0) for name in SPLITS)


def _of_known(found: Inventory, each: Measures) -> str:
    known = len(each.about.rows)
    return f"{count(found.distinct)} of {count(known)}" if known else count(found.distinct)


def parts(many: Many) -> Table:
    """What the bytes are."""
    return beside("Bytes of JSON", many, [(name, _part(key)) for key, name in part_names(many).items()])


def _part(key: str) -> Cell:
    return lambda each: megabytes(each.parts[key]) if key in each.parts else NONE


def texts(each: Measures) -> Table:
    """How long the texts of one dataset are."""
    rows = [
        (f"{found.title}, {unit}", count(figures.count), *_spread(figures))
        for found in each.texts.values()
        for unit, figures in (("bytes", found.bytes), ("lines", found.lines), ("tokens", found.tokens))
    ]
    return Table(f"Texts of {each.label}", ("", "texts", *SPREAD), tuple(rows))


def _spread(found: Distribution) -> tuple[str, ...]:
    return quantity(round(found.mean)), quantity(found.median), *_at(found), quantity(found.most)


def _at(found: Distribution) -> tuple[str, ...]:
    return tuple(quantity(found.percentiles[percentile]) for percentile in SHOWN)


def categories(many: Many) -> Table:
    """Records and what was dropped, by category."""
    names = sorted({name for each in many for name in each.categories})
    header = [
        title if len(many) == 1 else f"{each.label}: {title}"
        for each in many
        for title in ("records", "duplicates dropped", "refused")
    ]
    return Table(
        "Categories",
        ("", *header),
        tuple((name, *(cell for each in many for cell in _category(each, name))) for name in names),
    )


def _category(each: Measures, name: str) -> tuple[str, ...]:
    found = each.categories.get(name)
    if found is None:
        return NONE, NONE, NONE
    return count(found.records), count(found.duplicates), count(found.rejects)


def inventory(many: Many, kind: str, top: int = TOP) -> Table:
    """The most frequent of the `constructs` or `builtins`, by the share of the records that have them."""
    found = [each.constructs if kind == "constructs" else each.builtins for each in many]
    shares: dict[str, float] = {}
    for each, inventory_ in zip(many, found, strict=True):
        for name, number in inventory_.kernels.items():
            shares[name] = shares.get(name, 0.0) + number / each.records
    ranked = sorted(shares, key=lambda name: (-shares[name], name))[:top]
    rows = [
        (name, *(percent(one.kernels.get(name, 0) / each.records) for each, one in zip(many, found, strict=True)))
        for name in ranked
    ]
    title = "Rows of the catalogue" if kind == "constructs" else "Built-ins"
    return Table(f"{title}: records that have them", ("", *(each.label for each in many)), tuple(rows))


def annotations(each: Measures) -> Table:
    """The figures that the records have about their kernels; those that are zero for all are left out."""
    rows = [
        (name, count(found.count), quantity(found.mean), quantity(found.median), *_at(found), quantity(found.most))
        for name, found in each.annotations.items()
        if found.most
    ]
    return Table(f"Annotations of {each.label}", ("", "records", *SPREAD), tuple(rows))
