import pytest

from kg.graph import extraction as back
from kg.graph import subgraph
from kg.resolve import Resolver
from kg.resolve.abbreviations import long_form
from kg.resolve.decisions import Decision, effect
from kg.resolve.registry import Registry, load
from kg.types import PROPOSED, Entity, Extraction, Paper, Span


def paper(text: str, *entities: tuple[str | None, str, tuple[str, ...]], id: str = "paper:1") -> Extraction:
    """An extraction of a text; each entity has a name, a type and the surfaces of its mentions."""
    made = []
    for name, type, surfaces in entities:
        spans = tuple(Span.of(text, text.index(s), text.index(s) + len(s)) for s in surfaces)
        fields = {"kind": "technique"} if type == "Method" else {}
        made.append(Entity(name=name, type=type, role="used" if name else "proposed", mentions=spans, **fields))
    return Extraction(paper=Paper(id=id, abstract=text), extractor="hand", entities=tuple(made))


def node(text: str, name: str, type: str = "Method", *mentions: str, resolver: Resolver | None = None) -> str:
    found = (resolver or Resolver()).identify(paper(text, (name, type, mentions or (name,))))
    return found[name].id


def test_resolver_unnamed_method_is_a_node_of_its_paper() -> None:
    one, other = (
        paper("We show our method.", (None, "Method", ("our method",)), id=id) for id in ("paper:1", "paper:2")
    )
    ids = [Resolver().identify(each)[PROPOSED].id for each in (one, other)]
    assert ids == ["method:proposed-by:paper:1", "method:proposed-by:paper:2"]


@pytest.mark.parametrize("form", ["GSM8K", "GSM8k", "GSM-8K", "Grade School Math 8K", "GSM8K test set"])
def test_resolver_spellings_are_one_node(form: str) -> None:
    assert node(f"Results on {form} hold.", form, "Dataset") == "dataset:gsm8k"


def test_resolver_gives_what_the_registry_knows() -> None:
    found = Resolver().identify(paper("The WER falls.", ("WER", "Metric", ("WER",))))["WER"]
    assert found.registered is not None
    assert (found.registered.name, found.registered.higher_is_better) == ("word error rate", False)


def test_resolver_homonyms_go_with_their_long_forms() -> None:
    votes = node("We use self-consistency (SC).", "SC", "Method", "SC", "self-consistency")
    graphs = node("We use spectral clustering (SC).", "SC", "Method", "SC", "spectral clustering")
    assert (votes, graphs) == ("method:selfconsistency", "method:spectralclustering")


def test_resolver_abbreviation_alone_stays_apart_where_several_claim_it() -> None:
    assert node("SC helps.", "SC") == "method:sc"


def test_resolver_abbreviation_alone_goes_with_its_only_claim() -> None:
    assert node("CoT helps.", "CoT") == node("Chain of thought helps.", "Chain of thought") == "method:chainofthought"


def test_resolver_reads_the_long_form_in_the_text() -> None:
    assert node("Unlike spectral clustering (SC), ours scales.", "SC") == "method:spectralclustering"
    assert node("We propose ZQV (Zonal Query Voting).", "ZQV") == "method:zonalqueryvoting"


def test_resolver_other_long_form_is_another_thing() -> None:
    text = "We train CLIP (Conditional Layered Inference Procedure)."
    assert node(text, "CLIP") == "method:conditionallayeredinferenceprocedure"


def test_resolver_misspelt_long_form_of_a_known_abbreviation_is_the_known_thing() -> None:
    assert node("Low-rank adaption (LoRA) is cheap.", "LoRA", "Method", "LoRA", "Low-rank adaption") == "method:lora"
    assert node("Low-rank adaption (LoRA) is cheap.", "Low-rank adaption", "Method", "Low-rank adaption", "LoRA") == (
        "method:lora"
    )


def test_resolver_further_word_makes_another_thing() -> None:
    deep = node("Deep recurrent neural networks (RNN).", "RNN", "Method", "RNN", "Deep recurrent neural networks")
    assert deep == "method:deeprecurrentneuralnetwork"


def test_resolver_another_mention_decides_between_claims() -> None:
    assert node("Segment Anything, or SAM, helps.", "SAM", "Method", "SAM", "Segment Anything") == (
        "method:segmentanythingmodel"
    )


def test_resolver_abbreviation_of_ones_own_makes_another_thing_of_a_known_long_form() -> None:
    text = "We propose Self-Play Preference Optimization (SPO)."
    span = [Span.of(text, text.index(s), text.index(s) + len(s)) for s in ("Self-Play Preference Optimization", "SPO")]
    made = {
        role: Entity(name=span[0].surface, type="Method", kind="technique", role=role, mentions=tuple(span))
        for role in ("proposed", "used")
    }
    found = {
        role: Resolver().identify(Extraction(paper=Paper(id="paper:1", abstract=text), extractor="hand", entities=(e,)))
        for role, e in made.items()
    }
    ids = {role: identity[span[0].surface].id for role, identity in found.items()}
    assert ids == {"proposed": "method:spo selfplaypreferenceoptimization".replace(" ", ""), "used": "method:sppo"}


def test_resolver_member_is_not_its_family() -> None:
    text = "Llama-3-8B-Instruct is a Llama 3 model."
    ids = Resolver().identify(
        paper(text, ("Llama-3-8B-Instruct", "Method", ("Llama-3-8B-Instruct",)), ("Llama 3", "Method", ("Llama 3",)))
    )
    assert {one.id for one in ids.values()} == {"method:llama3-8binstruct", "method:llama3"}


@pytest.mark.parametrize(
    ("name", "type", "id"),
    [
        ("BERT model", "Method", "method:bert"),
        ("attention model", "Method", "method:attentionmodel"),
        ("image classification task", "Task", "task:imageclassification"),
        ("ImageNet validation set", "Dataset", "dataset:imagenet"),
        ("AIME 2024 math problems", "Dataset", "dataset:aime2024"),
        ("CoT prompting", "Method", "method:chainofthought"),
        ("commonsense questions", "Dataset", "dataset:commonsensequestion"),
        ("METEOR metric", "Metric", "metric:meteor"),
    ],
)
def test_resolver_generic_head_after_a_known_name_does_not_count(name: str, type: str, id: str) -> None:
    assert node(f"The {name} is used.", name, type) == id


def test_resolver_unknown_names_keep_their_key() -> None:
    found = Resolver().identify(paper("Zyx-9 wins.", ("Zyx-9", "Method", ("Zyx-9",))))["Zyx-9"]
    assert (found.id, found.registered) == ("method:zyx9", None)


def test_resolver_is_pure() -> None:
    text = "Self-consistency (SC) with CoT on GSM8k."
    one = paper(text, ("SC", "Method", ("SC",)), ("CoT", "Method", ("CoT",)), ("GSM8k", "Dataset", ("GSM8k",)))
    assert Resolver().identify(one) == Resolver().identify(one)


def test_resolver_resolves_a_paper_that_the_graph_gives_back_alike() -> None:
    text = "Self-consistency (SC) with CoT on GSM8k."
    one = paper(text, ("SC", "Method", ("SC", "Self-consistency")), ("GSM8k", "Dataset", ("GSM8k",)))
    graph = subgraph(one, Resolver().identify)
    assert subgraph(back(graph), Resolver().identify) == graph


def test_resolver_version_tells_the_registry_and_not_the_decisions() -> None:
    registry = load()
    few = Registry(registry.entries("Task"))
    said = effect([Decision("Method", "GSA", "Generative Self-Aggregation")])
    assert Resolver().version == Resolver(decisions=said).version != Resolver(registry=few).version


def test_resolver_users_alias_comes_first() -> None:
    known = Resolver(decisions=effect([Decision("Method", "sc", "spectral clustering")]))
    assert node("SC helps.", "SC", resolver=known) == "method:spectralclustering"
    assert node("SAM helps.", "SAM", resolver=known) == "method:sam"


def test_resolver_long_form_needs_the_letters_in_order() -> None:
    assert long_form("SC", "We vote by majority (SC).") is None
    assert long_form("RLHF", "Reinforcement learning from human feedback (RLHF) helps.") == (
        "Reinforcement learning from human feedback"
    )
    assert long_form("LLMs", "large language models (LLMs), which") == "large language models"
