"""A node's id in, the papers that name it out."""

from importlib.resources import files

from kg.store import Store


def papers_naming(store: Store, node: str) -> list[str]:
    """Their ids, sorted."""
    name = "papers.cypher" if store.language == "cypher" else "papers.rq"
    rows = store.query(files(__package__).joinpath(name).read_text("utf-8"), {"id": node}, ours=True)
    return sorted({str(row["paper"]) for row in rows})
