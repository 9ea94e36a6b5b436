"""A Parquet file -> records; needs pyarrow (`pip install 'paper-kg[parquet]'`)."""

import shutil
import tempfile
from collections.abc import Iterator

from kg.read.format import Format, Item, Source

_ROWS = 500  # at once in memory


def records(source: Source) -> Iterator[Item]:
    """Each row as {column: value}; its number stands for the line."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        yield source.error(0, "reading Parquet needs pyarrow: pip install 'paper-kg[parquet]'")
        return
    with tempfile.TemporaryFile() as file:  # its table of contents stands at the end, where a stream can't go first
        shutil.copyfileobj(source.stream, file)
        count = 0
        try:
            for batch in pyarrow.parquet.ParquetFile(file).iter_batches(_ROWS):
                yield from enumerate(batch.to_pylist(), count + 1)
                count += batch.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            yield source.error(count and count + 1, f"damaged Parquet: {str(error).partition(chr(10))[0]}")


FORMAT = Format(
    name="parquet",
    description="a Parquet file (needs the extra `parquet`); columns are found by name as in a table",
    example_file="parquet.txt",
    read=records,
    matches=lambda head, name: head.startswith(b"PAR1"),
)
