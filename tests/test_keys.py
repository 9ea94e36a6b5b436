import pytest

from kg.keys import entity_id, is_short, is_short_for, normalise


@pytest.mark.parametrize(
    "forms",
    [
        ("GSM8K", "GSM8k", "GSM-8K", "gsm 8k", "the GSM8K dataset", "GSM8K benchmark", "“GSM8K”"),
        ("large language model", "Large Language Models", "LARGE LANGUAGE MODELS", "large-language models"),
        ("visual question answering", "Visual Question Answering (VQA)", "visual question-answering"),
        ("Fréchet inception distance", "Frechet Inception Distance", r"Fr\'echet Inception Distance"),
        ("language modeling", "language modelling"),
        ("brain tumor segmentation", "brain tumour segmentation"),
        ("dialogue state tracking", "dialog state tracking"),
        ("regularization", "regularisation"),
        ("THUMOS14", "THUMOS'14", "THUMOS’14"),
        ("AP50", "AP$_{50}$", "AP-50"),
        ("beta-VAE", "β-VAE", r"$\beta$-VAE"),
        (r"\textbf{\textsc{BERT}}", "BERT"),
        ("accuracy", "accuracies"),
        ("loss", "losses"),
        ("ScanNet V2", "ScanNetV2", "ScanNet (V2)"),
        ("CNN/DailyMail", "CNN / Daily Mail", "CNN-DailyMail"),
        ("LMs", "LM"),
        ("HICO–DET", "HICO-DET", "HICO‐DET"),
    ],
)
def test_keys_normalise_makes_spellings_one(forms: tuple[str, ...]) -> None:
    assert len({normalise(form) for form in forms}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        ("GPT-4", "GPT-4o", "GPT-4o-mini", "GPT-4.1", "GPT-4V"),
        ("CIFAR-10", "CIFAR-100", "CIFAR-10-C", "CIFAR-10.1", "CIFAR"),
        ("MATH", "MATH500", "MathQA"),
        ("F1", "F0.5", "F2"),
        ("Llama-2-7B", "Llama-27B", "Llama-2-70B", "Llama-2"),
        ("ViT-S", "ViTs", "VITS"),
        ("Swin-S", "Swin"),
        ("YOLOv5", "YOLOv5s", "YOLOv5m"),
        ("DARTS", "DART"),
        ("RefCOCO", "RefCOCO+", "RefCOCOg"),
        ("PointNet", "PointNet++"),
        ("mAP", "mAP@0.5", "mAP@0.75", "mAP@5"),
        ("MCTS", "MCTS*"),
        ("Meta-Dataset", "Meta"),
        ("WRN-28-10", "WRN-2810", "WRN-281-0"),
        ("ActivityNet-1.2", "ActivityNet-1.3", "ActivityNet-13"),
    ],
)
def test_keys_normalise_keeps_what_distinguishes(forms: tuple[str, ...]) -> None:
    assert len({normalise(form) for form in forms}) == len(forms)


@pytest.mark.parametrize("form", ["$$", "the", "A", "-", "GSM8K", "s", "ss", "*", "dataset", "\\", "()"])
def test_keys_normalise_never_empties_a_form(form: str) -> None:
    assert normalise(form)


def test_keys_entity_id_is_type_and_key() -> None:
    assert entity_id("Dataset", "GSM-8K") == "dataset:gsm8k"


@pytest.mark.parametrize(
    ("form", "short"),
    [("SC", True), ("LLMs", True), ("MoE", True), ("RLHF", True), ("Adam", False), ("GPT-4", False), ("a", False)],
)
def test_keys_is_short_tells_initialisms(form: str, short: bool) -> None:
    assert is_short(form) is short


@pytest.mark.parametrize(
    ("short", "long", "is_it"),
    [
        ("SC", "self-consistency", True),
        ("SC", "spectral clustering", True),
        ("LLMs", "large language models", True),
        ("MCTS", "Monte Carlo tree search", True),
        ("SC", "majority voting", False),
        ("VQA", "question answering", False),
        ("SC", "SC", False),
    ],
)
def test_keys_is_short_for_reads_the_letters_in_order(short: str, long: str, is_it: bool) -> None:
    assert is_short_for(short, long) is is_it
