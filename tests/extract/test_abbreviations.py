import pytest

from kg.extract.abbreviations import pairs


def found(text: str) -> list[tuple[str, str]]:
    return [(text[slice(*long)], text[slice(*short)]) for long, short in pairs(text)]


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("use Monte Carlo tree search (MCTS) here", "Monte Carlo tree search", "MCTS"),
        ("the large language models (LLMs) we use", "large language models", "LLMs"),
        ("by RLHF (reinforcement learning from human feedback).", "reinforcement learning from human feedback", "RLHF"),
        ("of named entity recognition (NER)", "named entity recognition", "NER"),
        ("a Tree of Thoughts (ToT)", "Tree of Thoughts", "ToT"),
        ("the Bone (Block Affine) technique", None, None),
        ("a two-stage zero-shot adversarial quantization (ZAQ) step", "zero-shot adversarial quantization", "ZAQ"),
        ("an Iteration Policy mechanism (IP)", "Iteration Policy", "IP"),
        ("a Deep Domain Decoder (D3)", "Deep Domain Decoder", "D3"),
        ('chain of thought ("CoT")', "chain of thought", "CoT"),
        ("Mean Average Precision (mAP)", "Mean Average Precision", "mAP"),
    ],
)
def test_abbreviations_are_found_in_both_orders(text: str, long: str | None, short: str | None) -> None:
    assert found(text) == ([(long, short)] if long else [])


@pytest.mark.parametrize(
    "text", ["a gain (5.3%) in speed", "see (e.g., GPT-4)", "(1) first (2) second", "()", "(AB", ""]
)
def test_abbreviations_are_not_made_of_other_brackets(text: str) -> None:
    assert found(text) == []


@pytest.mark.shared
def test_abbreviations_agree_with_the_annotators(annotated) -> None:  # type: ignore[no-untyped-def]
    """Where the short form is a mention, the long one is a mention of the same entity nine times in ten."""
    same = total = 0
    for paper, row in annotated("dev"):
        mentions = [set(entity["mentions"]) for entity in row["entities"] if entity["name"]]
        for long, short in found(paper.text):
            owner = [forms for forms in mentions if short in forms]
            total += bool(owner)
            same += any(long in forms for forms in owner)
    assert total > 100
    assert same / total > 0.9
