from collections import Counter
from importlib.resources import files

import pytest

from kg.keys import is_short, normalise
from kg.resolve.registry import Entry, Registry, load, read
from kg.types import ENTITY_TYPES, EntityType

AT_LEAST: dict[EntityType, int] = {"Dataset": 1_500, "Metric": 300, "Task": 600, "Method": 1_500}
# Words that any paper uses without naming a thing by them; a gazetteer that holds one finds it everywhere.
GENERIC = "performance quality results result model method approach framework system benchmark dataset task data score"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.mark.parametrize("type", ENTITY_TYPES)
def test_registry_holds_enough(registry: Registry, type: EntityType) -> None:
    assert len(registry.entries(type)) >= AT_LEAST[type]


@pytest.mark.parametrize("type", ENTITY_TYPES)
def test_registry_table_is_sorted_and_has_no_name_twice(type: EntityType) -> None:
    names = [entry.name for entry in read(type)]
    keys = [normalise(name) for name in names]
    assert keys == sorted(keys)
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("type", ENTITY_TYPES)
def test_registry_table_has_clean_cells(type: EntityType) -> None:
    lines = (files("kg.resolve.registry") / f"{type.lower()}s.tsv").read_text("utf-8").splitlines()
    width = lines[0].count("\t")
    assert [line for line in lines if line.count("\t") != width or "  " in line or line.endswith(" ")] == []
    assert [entry.name for entry in read(type) if any(form != form.strip() or not form for form in entry.forms)] == []


@pytest.mark.parametrize("type", ENTITY_TYPES)
def test_registry_aliases_collide_only_where_they_are_abbreviations(registry: Registry, type: EntityType) -> None:
    claims: dict[str, set[str]] = {}
    for entry in registry.entries(type):
        for form in entry.forms:
            if form == entry.name or not is_short(form):
                claims.setdefault(normalise(form), set()).update(e.name for e in registry.candidates(type, form))
    assert {key: names for key, names in claims.items() if len(names) > 1} == {}


@pytest.mark.parametrize("type", ENTITY_TYPES)
def test_registry_entry_lists_no_spelling_twice(registry: Registry, type: EntityType) -> None:
    for entry in registry.entries(type):
        keys = [normalise(form) for form in entry.forms]
        assert len(keys) == len(set(keys)), entry


@pytest.mark.parametrize("type", ENTITY_TYPES)
@pytest.mark.parametrize("word", GENERIC.split())
def test_registry_holds_no_generic_word(registry: Registry, type: EntityType, word: str) -> None:
    assert registry.find(type, word) is None


def test_registry_families_and_tasks_are_entries(registry: Registry) -> None:
    lost = [e.name for t in ENTITY_TYPES for e in registry.entries(t) if e.family and not registry.find(t, e.family)]
    assert lost == []
    strange = [e.name for e in registry.entries("Dataset") if any(not registry.find("Task", t) for t in e.tasks)]
    assert strange == []


def test_registry_families_end(registry: Registry) -> None:
    for type in ENTITY_TYPES:
        for entry in registry.entries(type):
            seen, at = {entry.id}, registry.family_of(entry.id)
            while at:
                assert at.id not in seen, entry
                seen.add(at.id)
                at = registry.family_of(at.id)


def test_registry_methods_have_a_kind_and_others_have_none(registry: Registry) -> None:
    for type in ENTITY_TYPES:
        assert {entry.kind is None for entry in registry.entries(type)} == {type != "Method"}


def test_registry_metric_bounds_are_sane(registry: Registry) -> None:
    for entry in registry.entries("Metric"):
        low, high = entry.registered.lower_bound, entry.registered.upper_bound
        assert low is None or high is None or low < high, entry
        assert entry.registered.unit != "%" or high in (None, 100, 200), entry


@pytest.mark.parametrize(
    ("name", "higher", "unit", "low", "high"),
    [
        ("accuracy", True, "%", 0, 100),
        ("top-1 error", False, "%", 0, 100),
        ("F1", True, "%", 0, 100),
        ("BLEU", True, None, 0, 100),
        ("perplexity", False, None, 1, None),
        ("WER", False, "%", 0, None),
        ("FID", False, None, 0, None),
        ("latency", False, "ms", 0, None),
        ("PSNR", True, "dB", 0, None),
        ("SSIM", True, None, -1, 1),
        ("MPJPE", False, "mm", 0, None),
        ("FPS", True, "FPS", 0, None),
        ("mean absolute error", False, None, 0, None),
        ("pass@1", True, "%", 0, 100),
        ("mCE", False, "%", 0, None),
        ("Spearman", True, "%", -100, 100),
    ],
)
def test_registry_metric_is_known(
    registry: Registry, name: str, higher: bool, unit: str | None, low: float | None, high: float | None
) -> None:
    entry = registry.find("Metric", name)
    assert entry is not None
    known = entry.registered
    assert (known.higher_is_better, known.unit, known.lower_bound, known.upper_bound) == (higher, unit, low, high)


@pytest.mark.parametrize(
    ("member", "family"),
    [
        ("Llama-3-8B-Instruct", "Llama 3"),
        ("Llama 3", "LLaMA"),
        ("GPT-4o-mini", "GPT-4o"),
        ("ResNet-50", "ResNet"),
        ("Qwen2.5-Math-7B", "Qwen2.5-Math"),
        ("ViT-B/16", "Vision Transformer"),
        ("Chain-of-Thought", None),
    ],
)
def test_registry_family_of_a_member(registry: Registry, member: str, family: str | None) -> None:
    entry = registry.find("Method", member)
    assert entry is not None
    found = registry.family_of(entry.id)
    assert (found.name if found else None) == family
    assert found is None or entry in registry.members_of(found.id)


def test_registry_find_refuses_what_several_claim(registry: Registry) -> None:
    assert registry.find("Method", "SAM") is None
    claimed = [entry.name for entry in registry.candidates("Method", "SAM")]
    assert claimed == ["Segment Anything Model", "Sharpness-Aware Minimization"]


def test_registry_version_changes_with_an_entry(registry: Registry) -> None:
    entries = list(registry.entries("Metric"))[:3]
    assert Registry(entries).version == Registry(reversed(entries)).version
    assert Registry(entries).version != Registry(entries[:2]).version
    other = Entry(type="Metric", id="metric:x", registered=entries[0].registered)
    assert Registry([*entries, other]).version != Registry(entries).version


def test_registry_metric_at_any_rank_is_as_the_one_at_k(registry: Registry) -> None:
    found, spelled = registry.find("Metric", "hit@7"), registry.find("Metric", "Hits@7")
    assert found is not None
    assert spelled is not None
    assert found.id == spelled.id == "metric:hits@7"
    assert registry.entry("metric:hits@7") == found
    assert (found.registered.unit, found.registered.higher_is_better) == ("%", True)
    assert registry.find("Metric", "zyx@7") is None
    assert registry.find("Metric", "pass@k rate@7") is None
