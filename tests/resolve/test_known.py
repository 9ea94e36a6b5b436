import pytest

from kg.resolve.known import apart, is_organisation, type_of, unlike
from kg.types import EntityType


@pytest.mark.parametrize(
    ("name", "read_as", "expected"),
    [
        ("GPT-4", "Dataset", "Method"),
        ("Llama-3-8B", "Dataset", "Method"),
        ("BLEU", "Dataset", "Metric"),
        ("BLEU", "Task", "Metric"),
        ("BBH", "Task", "Dataset"),
        ("BBH", "Metric", "Dataset"),
        ("MNIST", "Method", "Dataset"),
        ("RewardBench", "Metric", "Dataset"),
        ("GPT-4", "Method", "Method"),
    ],
)
def test_known_registry_settles_the_type_of_a_name(name: str, read_as: EntityType, expected: EntityType) -> None:
    assert type_of(name, read_as, f"We use {name} here.") == expected


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("pass", "Metric"),  # PASS is a method
        ("math", "Task"),  # MATH is a dataset
        ("machine translation", "Method"),  # methods and tasks are told apart by the text alone
        ("LoRA", "Task"),  # no named model
        ("MARS", "Method"),  # short enough for a paper to have coined it, too
        ("Vicuna", "Dataset"),  # a model, and a benchmark of that name
        ("Zyx-9", "Dataset"),
    ],
)
def test_known_type_stays_where_the_registry_is_not_sure(name: str, read_as: EntityType) -> None:
    assert type_of(name, read_as, f"We use {name} here.") == read_as


def test_known_type_of_an_abbreviation_that_the_paper_explains_is_the_papers() -> None:
    assert type_of("BLEU", "Task", "Bounded Logic in Every Unit (BLEU) is hard.") == "Task"
    assert type_of("BLEU", "Task", "We report bilingual evaluation understudy (BLEU).") == "Metric"


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("Method", "instruction tuning", "self-evaluation"),
        ("Method", "FedAvg", "FedProx"),
        ("Method", "random reshuffling", "experience replay"),
        ("Metric", "PASS@100", "PASS@80"),
        ("Method", "Zyx-9", "Zyx-10"),
    ],
)
def test_known_two_things_are_apart(type: EntityType, one: str, other: str) -> None:
    assert apart(type, one, other)
    assert apart(type, other, one)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("Method", "reinforcement learning", "RL"),
        ("Dataset", "GSM8K", "Grade School Math 8K"),
        ("Dataset", "AlpacaEval 2.0", "AlpacaEval 2"),
        ("Method", "Zyx-9", "Zonal Yield"),
        ("Metric", "memory usage", "memory"),
    ],
)
def test_known_one_thing_is_not_apart(type: EntityType, one: str, other: str) -> None:
    assert not apart(type, one, other)
    assert not unlike(type, one, other)


def test_known_phrase_without_a_word_of_a_known_one_is_unlike_it() -> None:
    assert unlike("Method", "fine-tuning", "automatic prompting strategies")
    assert not unlike("Method", "fine-tuning", "parameter tuning")
    assert not unlike("Method", "fine-tuning", "Zyx-9")


def test_known_company_is_no_model() -> None:
    assert [name for name in ("OpenAI", "OpenAI o1", "Google", "Gemini") if is_organisation(name)] == [
        "OpenAI",
        "Google",
    ]
