import pytest

from kg.extract.sentences import sentence_at, sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "We test strong models, e.g. GPT-4 and LLaMA-2, on it.",
        "It reaches 43.4% v.s. 40.1% before.",
        "It reaches 43.4% vs. 40.1% before.",
        "This is known [Dong et al., 2024] and measured.",
        "Following Dong et al. (2024) we measure it.",
        "The error falls by 2. 15\\% on average.",
        "See Fig. 3 and Sec. 4 for details.",
        "Many (e.g. SQuAD. And others. Too many) were tried.",
        "Accuracy goes from 43.4% rightarrow 46.3% here.",
        "Code is at https://github.com/a/b.git for all.",
    ],
)
def test_sentences_survive_stops_that_end_nothing(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    "text",
    [
        "First one ends here. | We go on.",
        "It gains 5.3. | The rest follows.",
        "It is fast (and small). | Our code is public.",
        "Is it so? | It is!",
        "Work by Dong et al. | We differ.",
        "A title without a stop\n| It has an abstract.",
        "Glued together.| We propose a cure.",
    ],
)
def test_sentences_end_at_their_stops(text: str) -> None:
    assert split(text.replace("| ", "").replace("|", "")) == [part.strip() for part in text.split("|")]


def test_sentences_take_a_wrapped_line_as_white_space() -> None:
    assert split("A title\nOne sentence that\nis wrapped. Another.") == [
        "A title",
        "One sentence that\nis wrapped.",
        "Another.",
    ]


@pytest.mark.parametrize("text", ["", " \n ", "...", "\n\n\n", "(((", "a" * 10_000])
def test_sentences_of_odd_texts_cover_what_is_there(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_sentences_are_found_by_offset() -> None:
    bounds = sentences("One. Two. Three.")
    assert [sentence_at(bounds, offset) for offset in (0, 3, 5, 10, 99)] == [0, 0, 1, 2, 2]


@pytest.mark.shared
def test_sentences_hold_every_evidence_of_one_sentence(annotated) -> None:  # type: ignore[no-untyped-def]
    """An evidence that the annotators gave as one sentence isn't cut, save for one in a hundred."""
    cut = total = 0
    for paper, row in annotated("train"):
        bounds = sentences(paper.text)
        for result in row["results"]:
            at = paper.text.find(result["evidence"])
            if ". " not in result["evidence"]:
                total += 1
                cut += sentence_at(bounds, at) != sentence_at(bounds, at + len(result["evidence"]) - 1)
    assert total > 3000
    assert cut / total < 0.01
