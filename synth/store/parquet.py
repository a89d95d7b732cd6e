"""Parquet: a file of columns for a shard of records, and the records' texts from it, to the byte."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from synth.record import Record, decode_record

from .columns import array_of, schema_of, value_of

ROW_GROUP = 256
"""Records that are compressed together, and read together."""
LEVEL = 12
"""Of zstd: as in `zst`, what is left shrinks slowly beyond, and the time grows fast."""


def enclose(texts: Sequence[bytes]) -> bytes:
    """Return the file of records given as JSON texts; `ValueError` for texts that are no records."""
    sink = pa.BufferOutputStream()
    try:
        schema = schema_of(Record, _rows(texts[:1]))  # the records of a dataset have the same keys
        with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=LEVEL) as writer:
            for start in range(0, len(texts), ROW_GROUP):
                rows = _rows(texts[start : start + ROW_GROUP])
                columns = [array_of([row.get(field.name) for row in rows], field.type) for field in schema]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    except (msgspec.MsgspecError, pa.ArrowException, OverflowError) as error:
        raise ValueError(str(error)) from error
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _rows(texts: Sequence[bytes]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(decode_record(text)) for text in texts]


def records(content: bytes) -> Iterator[bytes]:
    """Yield the JSON texts of the records in a file, row group by row group; `ValueError` for other bytes."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        schema = pa.struct(list(file.schema_arrow))
        for group in range(file.num_row_groups):
            for row in file.read_row_group(group, use_threads=False).to_pylist():
                yield msgspec.json.encode(value_of(row, schema))
    except (pa.ArrowException, OSError) as error:  # Arrow raises `OSError` for a damaged page
        raise ValueError(str(error)) from error
