"""All tables, in the order that the terminal prints them in."""

from collections.abc import Iterator

from . import content_tables, quality_tables
from .table import Many, Table


def all_tables(many: Many) -> Iterator[Table]:
    """Yield every table that has rows."""
    tables = (
        content_tables.overview(many),
        quality_tables.quality(many),
        content_tables.parts(many),
        *(content_tables.texts(each) for each in many),
        content_tables.categories(many),
        quality_tables.verdicts(many, "outputs"),
        quality_tables.verdicts(many, "gradients"),
        quality_tables.refusals(many),
        content_tables.inventory(many, "constructs"),
        content_tables.inventory(many, "builtins"),
        *(content_tables.annotations(each) for each in many),
        quality_tables.realism(many),
        quality_tables.clusters(many),
        quality_tables.splits(many),
        quality_tables.resemblance(many),
        *(quality_tables.nearest(each) for each in many),
        quality_tables.stages(many),
    )
    yield from (table for table in tables if table.rows)
