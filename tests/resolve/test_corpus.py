"""An abbreviation that stands alone, in a store of papers some of which spell it out."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from servers.neo4j import VERSIONS
from stores import STORES, dump

from kg.build import load
from kg.resolve import Resolver
from kg.resolve.corpus import remove
from kg.resolve.curate import alias, split, table_of
from kg.resolve.decisions import effect, read_decisions
from kg.store import Store, open_store
from kg.types import Entity, Extraction, Paper, Span

LONG = "Generative Zonal Aggregation"
OTHER = "Gradient Zone Alignment"
NODE, OTHER_NODE, ALONE = "method:generativezonalaggregation", "method:gradientzonealignment", "method:gza"


def paper(id: str, *forms: str, text: str = "") -> Extraction:
    """A paper whose only method goes by some forms."""
    text = text or f"{forms[0]} ({forms[1]}) helps." if len(forms) > 1 or text else f"{forms[0]} helps."
    spans = tuple(Span.of(text, text.index(form), text.index(form) + len(form)) for form in forms)
    entity = Entity(name=forms[0], type="Method", kind="technique", role="used", mentions=spans)
    return Extraction(paper=Paper(id=f"paper:{id}", abstract=text), extractor="hand", entities=(entity,))


SPELLED = (paper("1", LONG, "GZA"), paper("2", LONG, "GZA"))
BARE = paper("3", "GZA")
CONTRADICTED = paper("4", OTHER, "GZA")
UNSEEN = paper("5", "GZA", text=f"{OTHER} (GZA) helps.")  # the long form is in the text, and no mention


def nodes(store: Store) -> dict[str, str]:
    """What each paper's method is."""
    return {graph.paper.id.removeprefix("paper:"): graph.claims[0].entity for graph in store.read()}


def put(store: Store, papers: Iterable[Extraction], resolver: Resolver | None = None) -> None:
    assert all(outcome.error is None for outcome in load(papers, store, resolver=resolver or Resolver()))


@pytest.fixture(params=["embedded", "oxigraph", "turtle", "fuseki", *(f"neo4j-{version}" for version in VERSIONS)])
def url(request: pytest.FixtureRequest) -> str:
    return STORES[request.param](request)


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ((BARE,), ALONE),
        ((SPELLED[0], BARE), ALONE),
        ((*SPELLED, BARE), NODE),
        ((*SPELLED, CONTRADICTED, BARE), ALONE),
        ((*SPELLED, UNSEEN, BARE), ALONE),
        ((*SPELLED, paper("6", OTHER), BARE), NODE),
    ],
)
def test_corpus_abbreviation_alone_is_what_papers_agree_on(
    tmp_path: Path, papers: Sequence[Extraction], expected: str
) -> None:
    with open_store(str(tmp_path / "graph.lbug")) as store:
        put(store, papers)
        assert nodes(store)["3"] == expected


def test_corpus_two_letters_and_what_the_registry_claims_stay(tmp_path: Path) -> None:
    two = [paper(str(n), "Zonal Querying", "ZQ") for n in range(2)] + [paper("3", "ZQ")]
    sam = [paper(str(n), "Stochastic Anchor Mining", "SAM") for n in range(4, 6)] + [paper("6", "SAM")]
    with open_store(str(tmp_path / "graph.lbug")) as store:
        put(store, [*two, *sam])
        assert (nodes(store)["3"], nodes(store)["6"]) == ("method:zq", "method:sam")


def test_corpus_links_come_and_go_with_the_papers_that_make_them(url: str) -> None:
    with open_store(url) as store:
        seen = []
        for new in (BARE, SPELLED[0], SPELLED[1], CONTRADICTED):
            put(store, [new])
            seen.append(nodes(store)["3"])
        assert seen == [ALONE, ALONE, NODE, ALONE]
        assert remove(store, Resolver(), ["paper:4", "paper:none"]) == 1
        assert nodes(store) == {"1": NODE, "2": NODE, "3": NODE}
        changed = paper("2", LONG).model_copy(update={"paper": Paper(id="paper:2", abstract=f"{LONG} helps.")})
        put(store, [changed])
        assert nodes(store) == {"1": NODE, "2": NODE, "3": ALONE}


@pytest.mark.parametrize("order", list(permutations(range(5)))[::13])
def test_corpus_order_of_loading_never_matters(tmp_path: Path, order: Sequence[int]) -> None:
    papers = (*SPELLED, BARE, paper("6", "GZA", "GZAs", text="GZA and GZAs help."), CONTRADICTED)
    with open_store(str(tmp_path / "once.lbug")) as once, open_store(str(tmp_path / "singly.lbug")) as singly:
        put(once, papers[:4])
        for at in order:
            put(singly, [papers[at]])
        assert nodes(singly)["3"] == ALONE
        remove(singly, Resolver(), ["paper:4"])
        assert dump(singly) == dump(once)
        assert nodes(once)["6"] == NODE


def test_corpus_user_has_the_last_word(url: str, tmp_path: Path) -> None:
    with open_store(url) as store:
        put(store, (*SPELLED, BARE))
        table = table_of(url, tmp_path / "mine.aliases.tsv")
        assert split(store, LONG, table=table, why="not so") == 1
        assert nodes(store)["3"] == ALONE
        alias(store, "Method", "GZA", OTHER, table=table)
        assert nodes(store)["3"] == OTHER_NODE
        put(store, [paper("7", "GZA")], Resolver(decisions=effect(read_decisions(table))))
        assert nodes(store)["7"] == OTHER_NODE
