import pytest

from kg.extract.places import occurrences
from kg.extract.tokens import tokens


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in tokens(text)]


@pytest.mark.parametrize(
    "name",
    [
        "GPT-4",
        "LLaMA-3-8B",
        "pass@1",
        "F1-score",
        "Qwen2.5-Math",
        "ResNet-50",
        "chain-of-thought",
        "ChemNER+",
        "C++",
        "e.g.",
        "v.s.",
        "i.i.d.",
        "43.4",
        "1,319",
        "https://github.com/a/b.git",
        "β-VAE",
        "naïve",
        "don't",
        "L2",
        "k-NN",
        "DeepLabv3+",
    ],
)
def test_tokens_keep_a_name_whole(name: str) -> None:
    assert split(f"the {name} here") == ["the", name, "here"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (r"2.15\%", ["2.15", r"\%"]),
        ("43.4% rightarrow 46.3%", ["43.4", "%", "rightarrow", "46.3", "%"]),
        ("Transformer-based", ["Transformer", "-based"]),
        ("(MCTS)", ["(", "MCTS", ")"]),
        ("GSM8K.", ["GSM8K", "."]),
        ("BERT's", ["BERT", "'s"]),
        ("71.7%/77.6%", ["71.7", "%", "/", "77.6", "%"]),
        ("[Dong et al., 2024]", ["[", "Dong", "et", "al", ".", ",", "2024", "]"]),
    ],
)
def test_tokens_part_what_is_not_one(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize("text", ["", " \n\t ", "\u202eabc", "😀 a😀b", "a" * 5000, "(" * 500, "-" * 500])
def test_tokens_cover_every_letter_of_odd_texts(text: str) -> None:
    assert "".join(split(text)) == "".join(text.split())


@pytest.mark.shared
def test_tokens_end_where_mentions_do(annotated) -> None:  # type: ignore[no-untyped-def]
    """The ends of the annotators' mentions are ends of tokens, save for one in a hundred."""
    inside = total = 0
    for paper, row in annotated("dev"):
        bounds = tokens(paper.text)
        starts, ends = {start for start, _ in bounds}, {end for _, end in bounds}
        for surface in {mention for entity in row["entities"] for mention in entity["mentions"]}:
            at = occurrences(paper.text, surface)[0]
            total += 1
            inside += at not in starts or at + len(surface) not in ends
    assert total > 1500
    assert inside / total < 0.01
