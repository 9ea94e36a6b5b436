import re
from dataclasses import replace

import numpy as np
import pytest

from kg.extract.encoder.beside import beside
from kg.extract.encoder.entities import abbreviates, cluster, normal
from kg.extract.encoder.features import Features
from kg.extract.encoder.geometry import between_buckets, distance_buckets, sentence_starts
from kg.extract.encoder.knobs import Knobs, Logistic
from kg.extract.encoder.labels import LITERAL_TAGS, LITERALS, PAIR_OUTPUTS, RELATIONS, TAGS
from kg.extract.encoder.lists import aligned
from kg.extract.encoder.mentions import TaggedSpan, best_path, find_literals, find_mentions, spans_of, trimmed
from kg.extract.encoder.network import WINDOW, Scores, windows
from kg.extract.encoder.relations import find_relations
from kg.extract.encoder.results import chosen_candidates, find_results, stated_bound
from kg.extract.encoder.slots import View, fill_all, setting
from kg.extract.numbers import find_numbers

METHOD, TASK, DATASET, METRIC, UNNAMED = range(5)


def features_of(text: str) -> Features:
    """One piece a word, words split at white space and brackets: enough for decoding, which never sees pieces."""
    starts, ends, at = [], [], 0
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        start = text.index(word, at)
        starts.append(start)
        at = start + len(word)
        ends.append(at)
    index = np.arange(len(starts))
    numbers = tuple(find_numbers(text))
    bare = Features(text, index, index, index * 0 + 1, index * 0, index, np.array(starts), np.array(ends), (), ())
    spans = tuple(bare.covering(n.start, n.end) for n in numbers)
    return Features(text, index, index, index * 0 + 1, index * 0, index, bare.starts, bare.ends, numbers, spans)


def number_of(features: Features, text: str) -> int:
    """The candidate that reads `text`."""
    return [c.text for c in features.candidates].index(text)


def tags_for(words: int, spans: list[tuple[int, int, int]], height: float = 8.0) -> np.ndarray:
    """Logits that say these (first, last, type) and nothing else."""
    out = np.zeros((words, TAGS), dtype=np.float32)
    out[:, 0] = height
    for first, last, kind in spans:
        out[first : last + 1, 0] = 0
        out[first, 1 + 2 * kind] = height
        out[first + 1 : last + 1, 2 + 2 * kind] = height
    return out


def scores_of(mentions: int, numbers: int = 0, literals: int = 0) -> Scores:
    """Logits that say nothing: role "used", no result, no pair."""
    spans = mentions + literals
    role = np.zeros((spans, 4), dtype=np.float32)
    role[:, 1] = 4
    number = np.zeros((numbers, 4), dtype=np.float32)
    flat = [np.zeros((numbers, n), dtype=np.float32) for n in (3, 3, 4)]
    pair = np.full((spans, spans, PAIR_OUTPUTS), -9, dtype=np.float32)
    null = np.zeros((numbers, 5), dtype=np.float32)
    return Scores(
        role, np.zeros((spans, 2), np.float32), number, *flat, np.full((numbers, spans, 5), -9, np.float32), null, pair
    )


def test_encoder_tags_never_go_on_with_what_did_not_begin() -> None:
    logits = np.log(np.full((3, TAGS), 1e-6))
    logits[0, 0] = logits[1, 2 + 2 * TASK] = logits[2, 0] = 0.0
    assert spans_of(best_path(logits)) in ([], [(0, 1, TASK)], [(1, 1, TASK)])
    assert best_path(logits)[1] != 2 + 2 * TASK or best_path(logits)[0] == 1 + 2 * TASK


@pytest.mark.parametrize(
    ("tags", "spans"),
    [([0, 1, 2, 0], [(1, 2, 0)]), ([3, 3, 4], [(0, 0, 1), (1, 2, 1)]), ([], []), ([1, 1], [(0, 0, 0), (1, 1, 0)])],
)
def test_encoder_tags_become_spans(tags: list[int], spans: list[tuple[int, int, int]]) -> None:
    assert spans_of(tags) == spans


def test_encoder_finds_a_mention_wherever_its_characters_stand() -> None:
    features = features_of("GSA beats SC and GSA wins")
    found = find_mentions(features, tags_for(6, [(0, 0, METHOD)]), keep=0.5, length=0.7, unnamed=0.5)
    assert [(m.first, m.type) for m in found] == [(0, METHOD), (4, METHOD)]


def test_encoder_gives_one_surface_one_type() -> None:
    features = features_of("GSA and GSA and GSA")
    found = find_mentions(
        features, tags_for(5, [(0, 0, METHOD), (2, 2, TASK), (4, 4, METHOD)]), keep=0.5, length=0.7, unnamed=0.5
    )
    assert {m.type for m in found} == {METHOD}


def test_encoder_drops_what_it_is_unsure_of() -> None:
    features = features_of("maybe GSA here")
    assert find_mentions(features, tags_for(3, [(1, 1, METHOD)], height=1.0), keep=0.9, length=0.7, unnamed=0.5) == []


@pytest.mark.parametrize(
    ("short", "long", "is_one"),
    [("GSA", "Generative Self-Aggregation", True), ("LLMs", "large language models", True), ("BERT", "GPT", False)],
)
def test_encoder_knows_abbreviations(short: str, long: str, is_one: bool) -> None:
    assert abbreviates(short, long) is is_one


def test_encoder_joins_long_form_abbreviation_and_plural() -> None:
    features = features_of("large language models (LLMs) and large language model")
    mentions = [TaggedSpan(0, 2, METHOD, 0.9), TaggedSpan(4, 4, METHOD, 0.9), TaggedSpan(7, 9, METHOD, 0.9)]
    clusters = cluster(features, mentions, scores_of(3), Knobs())
    assert [(c.members, c.surface) for c in clusters] == [((0, 1, 2), "large language models")]


def test_encoder_a_named_proposed_method_has_no_unnamed_one_beside_it() -> None:
    features = features_of("GSA is our approach")
    scores = scores_of(2)
    scores.role[0, 0] = 9
    mentions = [TaggedSpan(0, 0, METHOD, 0.9), TaggedSpan(2, 3, UNNAMED, 0.5)]
    assert [c.surface for c in cluster(features, mentions, scores, Knobs())] == ["GSA"]


def test_encoder_reads_a_range_or_its_parts_never_both() -> None:
    features = features_of("from 82% to 97%")
    texts = [n.text for n in features.candidates]
    for whole in (0.2, 0.9):
        likely = {"82%": 0.8, "82% to 97%": whole, "97%": 0.8}
        rows = np.array([[1 - likely[t], likely[t], 0, 0] for t in texts], dtype=np.float32)
        chosen = [texts[i] for i in chosen_candidates(features, rows, Knobs())]
        assert chosen == (["82% to 97%"] if whole > 0.8 else ["82%", "97%"])


def test_encoder_fills_slots_from_all_mentions_of_an_entity() -> None:
    features = features_of("GSA reaches 48% where GSA meets SC")
    mentions = [TaggedSpan(0, 0, METHOD, 0.9), TaggedSpan(4, 4, METHOD, 0.9), TaggedSpan(6, 6, METHOD, 0.9)]
    scores = scores_of(3, numbers=len(features.candidates))
    scores.number[0, 1] = 9
    scores.slot[0, :, 0] = (1.0, 1.0, 1.5)
    clusters = cluster(features, mentions, scores, Knobs())
    (result,) = find_results(View(features, mentions, [], clusters, scores), Knobs())
    assert (result.kind, result.direction) == ("absolute", None)
    assert {slot: filler.cluster for slot, filler in result.slots.items()} == {"method": 0}


def test_encoder_relations_go_between_types_that_may_be_related() -> None:
    features = features_of("GSA on GSM8K")
    mentions = [TaggedSpan(0, 0, METHOD, 0.9), TaggedSpan(2, 2, DATASET, 0.9)]
    scores = scores_of(2)
    scores.pair[..., : len(RELATIONS)] = 9
    found = find_relations(cluster(features, mentions, scores, Knobs()), scores, Knobs())
    assert {(link.head, link.type, link.tail) for link in found} == {(0, "evaluated_on", 1), (0, "trained_on", 1)}


def test_encoder_a_comparison_is_said_once_with_its_outcome() -> None:
    features = features_of("SC and GSA")
    mentions = [TaggedSpan(0, 0, METHOD, 0.9), TaggedSpan(2, 2, METHOD, 0.9)]
    scores = scores_of(2)
    scores.role[1, 0] = 9
    compared = RELATIONS.index("compared_with")
    scores.pair[..., compared] = 9
    scores.pair[1, 0, len(RELATIONS)] = 9
    found = find_relations(cluster(features, mentions, scores, Knobs()), scores, Knobs())
    assert [(link.head, link.tail, link.outcome) for link in found] == [(1, 0, "better")]


def test_encoder_literal_phrases_are_read_from_their_own_tags() -> None:
    logits = np.zeros((3, LITERAL_TAGS), dtype=np.float32)
    logits[:, 0] = 5
    logits[1, 1] = logits[2, 2] = 9
    assert [(s.first, s.last, s.type) for s in find_literals(features_of("over base model"), logits)] == [(1, 2, 0)]


@pytest.mark.parametrize("length", [2, WINDOW, WINDOW + 1, 3000])
def test_encoder_windows_cover_every_piece(length: int) -> None:
    covered = {i for start, end in windows(length) for i in range(start, end)}
    assert covered == set(range(length))
    assert all(end - start <= WINDOW for start, end in windows(length))


@pytest.mark.parametrize("text", ["A title\nFirst one. Second one, e.g. this. Third.", "No title. Two of 3.5 here."])
def test_encoder_sentences_begin_where_they_should(text: str) -> None:
    assert [text[s : s + 2] for s in sentence_starts(text)] == (
        ["A ", "Fi", "Se", "Th"] if "\n" in text else ["No", "Tw"]
    )


def test_encoder_distances_are_signed_and_counted() -> None:
    left, right = np.array([[5, 5]]), np.array([[1, 2], [5, 6], [9, 9]])
    assert distance_buckets(left, right).tolist() == [[10, 13, 17]]
    assert between_buckets(left, np.array([[6, 6], [7, 7], [9, 9]]), np.array([0, 0, 0])).tolist() == [[0, 1, 2]]


def test_encoder_confidence_is_a_probability() -> None:
    assert Logistic()(0.5) == 0.5
    assert 0 <= Logistic(2.0, -1.0)(0.0) < Logistic(2.0, -1.0)(1.0) <= 1


def test_encoder_normal_forms_ignore_case_hyphens_and_plural() -> None:
    assert normal("Large-Language Models") == normal("large language model")


def test_encoder_respectively_gives_each_number_its_name() -> None:
    features = features_of("gains of 3% and 5% on UCF , MNLI and COCO or on WMT and IWSLT")
    places = [(6, 6), (8, 8), (10, 10), (13, 13), (15, 15)]
    mentions = [TaggedSpan(a, b, DATASET, 0.9) for a, b in places]
    assert aligned(features, [0, 2], mentions) == {(0, 2): 3, (2, 2): 4}


def test_encoder_lists_of_datasets_may_stand_in_the_sentence_before() -> None:
    features = features_of("We use MNIST and SVHN . It gains 5.1% and 2.2% , respectively .")
    mentions = [TaggedSpan(2, 2, DATASET, 0.9), TaggedSpan(4, 4, DATASET, 0.9)]
    first, second = (number_of(features, text) for text in ("5.1%", "2.2%"))
    assert aligned(features, [first, second], mentions) == {(first, 2): 0, (second, 2): 1}


@pytest.mark.parametrize(
    ("text", "metric", "found"),
    [
        ("it has 76.1% accuracy on MNIST", 3, {(0, 3): 0}),
        ("it lifts BLEU from 27.3", 2, {(0, 3): 0}),
        ("accuracy and 76.1% on MNIST", 0, {}),
        ("accuracy . By 3.1% it wins", 0, {}),
    ],
)
def test_encoder_a_number_has_the_metric_right_beside_it(
    text: str, metric: int, found: dict[tuple[int, int], int]
) -> None:
    assert beside(features_of(text), [0], [TaggedSpan(metric, metric, METRIC, 0.9)]) == found


def test_encoder_from_a_to_b_share_the_metric_named_behind_b() -> None:
    features = features_of("from 27.6% to 36.2% PASS and F1")
    mentions = [TaggedSpan(4, 4, METRIC, 0.9), TaggedSpan(6, 6, METRIC, 0.9)]
    numbers = [number_of(features, text) for text in ("27.6%", "36.2%")]
    scores = scores_of(2, len(features.candidates))
    scores.slot[numbers[0], 1, 3] = 9
    view = View(features, mentions, [], cluster(features, mentions, scores, Knobs()), scores)
    assert [slots["metric"].cluster for slots in fill_all(view, numbers, Knobs())] == [0, 0]


def test_encoder_a_name_in_the_title_alone_names_the_method() -> None:
    features = features_of("Tree Pruning We show our approach")
    features = replace(features, segments=np.array([0, 0, 1, 1, 1, 1]))
    mentions = [TaggedSpan(0, 1, METHOD, 0.6), TaggedSpan(4, 5, UNNAMED, 0.9)]
    for doubt, named in ((1.0, True), (9.0, False)):
        scores = scores_of(2)
        scores.role[0, 1] = doubt
        found = cluster(features, mentions, scores, Knobs(title=3.0))
        assert [(c.surface, c.role) for c in found if c.role == 0] == [("Tree Pruning" if named else "our approach", 0)]


def test_encoder_a_longer_span_that_is_not_kept_hides_no_shorter_one() -> None:
    features = features_of("Llama and Llama Chat")
    logits = tags_for(4, [(0, 0, METHOD), (2, 3, METHOD)])
    logits[3] = -9
    logits[3, [0, 2 + 2 * METHOD]] = 0.0, 0.2  # "Llama Chat" is a little likelier than "Llama" there
    for keep, places in ((0.6, [(0, 0), (2, 2)]), (0.5, [(0, 0), (2, 3)])):
        found = find_mentions(features, logits, keep=keep, length=0.0, unnamed=0.5)
        assert [(m.first, m.last) for m in found] == places


def test_encoder_a_definition_gives_both_forms_the_type_of_the_long_one() -> None:
    text = "knowledge editing (KE) and KE again"
    for spans in ([(0, 1, TASK)], [(0, 1, TASK), (3, 3, METHOD)], [(3, 3, TASK)]):
        features = features_of(text)
        found = find_mentions(features, tags_for(8, spans), keep=0.5, length=0.7, unnamed=0.5)
        assert [(m.first, m.last, m.type) for m in found] == [(0, 1, TASK), (3, 3, TASK), (6, 6, TASK)]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("HiNER : A Hindi NER Dataset", DATASET),
        ("HiNER : A Hindi Dataset for NER", DATASET),
        ("HiNER : A Tagger for a Dataset", METHOD),
        ("HiNER and a Dataset", METHOD),
    ],
)
def test_encoder_a_title_that_says_so_makes_its_name_a_data_set(title: str, found: int) -> None:
    features = features_of(f"{title} HiNER and it")
    words = len(features.starts)
    features = replace(features, segments=np.array([0] * (words - 3) + [1] * 3))
    mentions = find_mentions(features, tags_for(words, [(0, 0, METHOD)]), keep=0.5, length=0.7, unnamed=0.5)
    assert [(m.first, m.type) for m in mentions] == [(0, found), (words - 3, found)]


def hyphenated(text: str) -> Features:
    """Features whose words are letters and digits, or one sign."""
    pieces = [(m.start(), m.end()) for m in re.finditer(r"\w+|[^\w\s]", text)]
    index = np.arange(len(pieces))
    starts, ends = (np.array(side) for side in zip(*pieces, strict=True))
    return Features(text, index, index, index * 0 + 1, index * 0, index, starts, ends, (), ())


def test_encoder_a_capital_behind_a_data_set_is_of_its_name() -> None:
    features = hyphenated("ImageNet and ImageNet-A, BERT-B of ImageNet-like sets")
    logits = tags_for(len(features.starts), [(0, 0, DATASET), (6, 6, METHOD)])
    found = find_mentions(features, logits, keep=0.3, length=0.7, unnamed=0.5)
    names = [features.text[features.starts[m.first] : features.ends[m.last]] for m in found]
    assert names == ["ImageNet", "ImageNet-A", "BERT", "ImageNet"]


def test_encoder_a_name_in_web_addresses_alone_is_none() -> None:
    features = features_of("PBA is at https://github.com/ pba and PBA")
    words = len(features.starts)
    features = replace(features, text=features.text.replace("/ pba", "//pba"))
    found = find_mentions(
        features, tags_for(words, [(0, 0, METHOD), (4, 4, METHOD)]), keep=0.5, length=0.7, unnamed=0.5
    )
    assert [m.first for m in found] == [0, 6]


def test_encoder_a_phrase_goes_on_as_far_as_hyphens_join_words() -> None:
    features = hyphenated("over the state-of-the-art methods")
    tags = np.full((len(features.starts), LITERAL_TAGS), -9, dtype=np.float32)
    tags[:, 0] = 9
    tags[1, 1], tags[1, 0], tags[2:7, 2], tags[2:7, 0] = 9, -9, 9, -9
    (found,) = find_literals(features, tags)
    assert features.text[features.starts[found.first] : features.ends[found.last]] == "the state-of-the-art"


def test_encoder_lists_of_methods_fill_the_baseline_behind_a_comparison_alone() -> None:
    for word, slots in (("over", {(0, 1): 0, (2, 1): 1}), ("by", {})):
        features = features_of(f"3% and 5% {word} SC and CoT")
        assert aligned(features, [0, 2], [TaggedSpan(4, 4, METHOD, 0.9), TaggedSpan(6, 6, METHOD, 0.9)]) == slots


def test_encoder_spans_do_not_end_in_connecting_words() -> None:
    features = features_of("the MATH and (HH)")
    assert trimmed(features, 0, 2, DATASET) == (1, 1, DATASET)
    assert trimmed(features, 4, 5, DATASET) == (4, 4, DATASET)
    assert trimmed(features, 2, 2, DATASET) is None
    assert trimmed(features, 0, 1, DATASET, phrase=True) == (0, 1, DATASET)


@pytest.mark.parametrize(
    ("before", "bound"),
    [("gains of up to ", "at_most"), ("by over ", "at_least"), ("about ", "about"), ("a score of ", None)],
)
def test_encoder_bounds_are_read_from_the_words_before(before: str, bound: str | None) -> None:
    assert stated_bound(before + "3%", len(before)) == bound


def test_encoder_leaves_the_type_of_a_known_name_to_the_registry() -> None:
    features = features_of("trained by OpenAI, GPT-4 and BLEU tell")
    logits = tags_for(7, [(2, 2, METHOD), (3, 3, DATASET), (5, 5, DATASET)])
    found = find_mentions(features, logits, keep=0.5, length=0.7, unnamed=0.5)
    assert [(m.first, m.type) for m in found if m.first > 2] == [(3, METHOD), (5, METRIC)]


def test_encoder_a_company_is_no_mention() -> None:
    features = features_of("we ask OpenAI for GSA")
    logits = tags_for(5, [(2, 2, METHOD), (4, 4, METHOD)])
    assert [m.first for m in find_mentions(features, logits, keep=0.5, length=0.7, unnamed=0.5)] == [4]


def test_encoder_never_joins_what_the_registry_tells_apart_not_even_by_a_third() -> None:
    features = features_of("FedAvg or Fedlike or FedProx")
    mentions = [TaggedSpan(at, at, METHOD, 0.9) for at in (0, 2, 4)]
    scores = scores_of(3)
    scores.pair[..., -1] = 9
    groups = [c.members for c in cluster(features, mentions, scores, Knobs())]
    assert not any({0, 2} <= set(members) for members in groups)
    assert sorted(member for members in groups for member in members) == [0, 1, 2]


def test_encoder_a_setting_in_brackets_with_a_number_is_that_numbers_alone() -> None:
    features = features_of("from 55.6% to 81.6% (and 88.7% with voting) there")
    literals = [TaggedSpan(7, 8, LITERALS.index("setting"), 0.9)]
    view = View(features, [], literals, [], scores_of(0, 3, 1))
    assert features.text[features.starts[7] : features.ends[8]] == "with voting"
    assert [setting(view, number_of(features, text), Knobs()) for text in ("55.6%", "81.6%", "88.7%")] == [
        None,
        None,
        0,
    ]


@pytest.mark.parametrize(("sure", "expected"), [(0.3, None), (0.5, 0)])
def test_encoder_an_unsure_phrase_is_no_setting(sure: float, expected: int | None) -> None:
    features = features_of("an accuracy of 41.5% with voting")
    view = View(features, [], [TaggedSpan(4, 5, LITERALS.index("setting"), sure)], [], scores_of(0, 1, 1))
    assert setting(view, 0, Knobs()) == expected


def test_encoder_a_preposition_alone_is_no_setting() -> None:
    features = features_of("an accuracy of 41.5% with voting")
    view = View(features, [], [TaggedSpan(4, 4, LITERALS.index("setting"), 0.9)], [], scores_of(0, 1, 1))
    assert setting(view, 0, Knobs()) is None


def test_encoder_a_part_of_a_word_is_no_setting() -> None:
    features = features_of("a 41.5% length -controlled rate")
    joined = replace(features, text=features.text.replace("length -", "length- "))
    view = View(joined, [], [TaggedSpan(2, 2, LITERALS.index("setting"), 0.9)], [], scores_of(0, 1, 1))
    assert setting(view, 0, Knobs()) is None
