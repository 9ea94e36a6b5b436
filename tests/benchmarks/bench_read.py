"""How many records a second each format is read at, on one core, and in how much memory.

    python tests/benchmarks/bench_read.py [RECORDS]

Fails (status 1) where the arXiv snapshot is read at less than 20,000 records a second, or where memory grows with the
length of the source. Rates are of processor time, so that other work on the machine does not count.
"""

import csv
import gzip
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kg.read import read
from kg.read.stream import zstd
from kg.types import Paper

WANTED = 20_000
GROWTH = 40 * 2**10  # KiB that reading may add, whatever the length
TEXT = (
    "we propose a method for reading papers that reaches 91.3% accuracy on the test set of questions while it needs "
    "half of the memory and is 2.5x faster than models without retrieval; experiments with language models of 7B show "
    "that training on selected examples improves reasoning (by 4.1 points), and results hold across domains, tasks"
)


def papers(count: int) -> Iterator[dict[str, str]]:
    """So many made-up papers as long as real ones: 1,300 characters of abstract on average."""
    chance, text = random.Random(7), TEXT.split()
    for number in range(count):
        words = chance.choices(text, k=chance.randrange(120, 300))
        title = " ".join(chance.choices(text, k=9)).title()
        yield {
            "id": f"{number // 10_000 + 1001:04}.{number % 10_000:05}",
            "title": title,
            "abstract": " ".join(words) + ".",
        }


def snapshot(paper: dict[str, str]) -> str:
    """A record of the arXiv snapshot with all its fields, folded as there."""
    record: dict[str, Any] = {
        "id": paper["id"],
        "submitter": "Ada Author",
        "authors": "Ada Author, Ben Builder, Cleo Checker and Dan Doubter",
        "title": paper["title"],
        "comments": "12 pages, 4 figures",
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.CL cs.AI",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": "  " + "\n".join(textwrap.wrap(paper["abstract"], 78)) + "\n",
        "versions": [{"version": f"v{n}", "created": "Mon, 2 Apr 2007 19:18:42 GMT"} for n in (1, 2)],
        "update_date": "2008-11-26",
        "authors_parsed": [
            ["Author", "Ada", ""],
            ["Builder", "Ben", ""],
            ["Checker", "Cleo", ""],
            ["Doubter", "Dan", ""],
        ],
    }
    return json.dumps(record)


def work(paper: dict[str, str]) -> str:
    """An OpenAlex work, its abstract inverted."""
    index: dict[str, list[int]] = {}
    for place, word in enumerate(paper["abstract"].split()):
        index.setdefault(word, []).append(place)
    named = {"id": "https://openalex.org/W" + paper["id"].replace(".", ""), "display_name": paper["title"]}
    return json.dumps({**named, "publication_date": "2024-05-01", "abstract_inverted_index": index})


def atom(paper: dict[str, str]) -> str:
    """An entry of an Atom feed."""
    return (
        f"<entry><id>http://arxiv.org/abs/{paper['id']}v1</id><published>2024-05-01T00:00:00Z</published>"
        f"<title>{paper['title']}</title><summary>{paper['abstract']}</summary></entry>"
    )


def bibtex(paper: dict[str, str]) -> str:
    """An entry of a bibliography."""
    return f"@article{{k{paper['id']},\n  title = {{{paper['title']}}},\n  abstract = {{{paper['abstract']}}}\n}}"


def lines(
    path: Path, count: int, line: Callable[[dict[str, str]], str], *, top: str = "", end: str = "", by: str = "\n"
) -> None:
    """A file of so many papers, each as `line` writes it."""
    with path.open("w", encoding="utf-8") as file:
        file.write(top)
        for number, paper in enumerate(papers(count)):
            file.write((by if number else "") + line(paper))
        file.write(end)


def table(path: Path, count: int) -> None:
    """A table of so many papers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["id", "title", "abstract"])
        rows.writeheader()
        rows.writerows(papers(count))


def parquet(path: Path, count: int) -> None:
    """A Parquet file of so many papers."""
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(papers(count))), path, row_group_size=10_000)


def make(folder: Path, count: int) -> dict[str, Path]:
    """A file of each format."""
    made = {
        name: folder / name
        for name in (
            "arxiv.jsonl",
            "array.json",
            "openalex.jsonl",
            "papers.csv",
            "papers.bib",
            "feed.xml",
            "papers.parquet",
        )
    }
    lines(made["arxiv.jsonl"], count, snapshot)
    lines(made["array.json"], count, snapshot, top="[", end="]", by=",\n")
    lines(made["openalex.jsonl"], count, work)
    lines(made["papers.bib"], count, bibtex)
    lines(made["feed.xml"], count, atom, top='<feed xmlns="http://www.w3.org/2005/Atom">\n', end="</feed>")
    table(made["papers.csv"], count)
    parquet(made["papers.parquet"], count)
    content = made["arxiv.jsonl"].read_bytes()
    for suffix, compress in ((".gz", gzip.compress), (".zst", zstd.compress)):
        made[f"arxiv.jsonl{suffix}"] = folder / f"arxiv.jsonl{suffix}"
        made[f"arxiv.jsonl{suffix}"].write_bytes(compress(content))
    return made


def measured(path: Path, count: int) -> tuple[float, int]:
    """(records a second of processor time, KiB by which the process's peak of memory grew)."""
    before, start = peak(), time.process_time()
    found = sum(isinstance(item, Paper) for item in read([path]))
    seconds = time.process_time() - start
    if found != count:
        raise SystemExit(f"{path.name}: {found} of {count} records were read")
    return count / seconds, peak() - before


def peak() -> int:
    """The most memory that this process has held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(count: int) -> None:
    """Makes the files in a process of its own (its memory is not the reader's), measures, prints."""
    with tempfile.TemporaryDirectory() as folder:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            made = pool.apply(make, (Path(folder), count))
        next(read([made["arxiv.jsonl"]]))  # what is imported late counts for no format
        rates = {name: measured(path, count) for name, path in made.items()}
        sizes = {name: path.stat().st_size for name, path in made.items()}
    shown = Table("source", "MB", "records/s", "memory grew by, MB", title=f"{count:,} records each, one core")
    for name, (rate, growth) in rates.items():
        shown.add_row(name, f"{sizes[name] / 1e6:.0f}", f"{rate:,.0f}", f"{growth / 1024:.0f}")
    Console().print(shown)
    if rates["arxiv.jsonl"][0] < WANTED:
        raise SystemExit(f"the arXiv snapshot is read at less than {WANTED:,} records a second")
    if grew := [name for name, (_, growth) in rates.items() if growth > GROWTH and not name.endswith(".parquet")]:
        raise SystemExit(f"memory grows with the source: {', '.join(grew)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
