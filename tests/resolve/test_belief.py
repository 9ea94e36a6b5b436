import random

import pytest
from handmade import GRAPHS

from kg.resolve.belief import FITTED, MOST, Calibration, belief, facts, fit


def test_belief_grows_with_support_and_confidence() -> None:
    assert belief([0.5]) < belief([0.5, 0.5]) < belief([0.5, 0.5, 0.5]) < belief([0.9, 0.9, 0.9]) <= 1


def test_belief_of_one_paper_is_never_certain() -> None:
    assert belief([1.0]) == MOST
    assert belief([0.0]) < 1e-5


def test_belief_does_not_hang_on_the_order() -> None:
    given = [0.31, 0.77, 0.5, 0.93]
    assert belief(given) == belief(given[::-1])


def test_belief_fit_finds_the_calibration_again() -> None:
    chance = random.Random(3)
    true = Calibration(slope=0.6, shift=-0.8)
    confidences = [chance.uniform(0.05, 0.99) for _ in range(20_000)]
    correct = [chance.random() < true.probability(confidence) for confidence in confidences]
    found = fit(confidences, correct)
    assert found.slope == pytest.approx(true.slope, abs=0.05)
    assert found.shift == pytest.approx(true.shift, abs=0.05)


def test_belief_fit_of_a_perfect_separation_ends() -> None:
    found = fit([0.1, 0.2, 0.8, 0.9], [False, False, True, True])
    assert found.probability(0.9) > 0.99
    assert found.probability(0.1) < 0.01


def test_belief_fit_does_not_run_away_from_a_few_levels_of_confidence() -> None:
    confidences = [0.3] * 50 + [0.75] * 1_000 + [0.999] * 400
    correct = [n % 4 == 0 for n in range(50)] + [n % 5 < 2 for n in range(1_000)] + [n % 3 > 0 for n in range(400)]
    found = fit(confidences, correct)
    assert 0 < found.slope < 1
    assert found.probability(0.75) == pytest.approx(0.4, abs=0.05)
    assert found.probability(0.999) == pytest.approx(2 / 3, abs=0.1)


def test_belief_facts_count_a_paper_once() -> None:
    graphs = [graph for graph in GRAPHS if graph.facts]
    once, twice = list(facts(graphs)), list(facts([*graphs, *graphs]))
    assert once == twice
    assert [fact[:3] for fact in once] == sorted(fact[:3] for fact in once)
    assert all(0 < fact.belief <= 1 and fact.support >= 1 for fact in once)


def test_belief_facts_are_calibrated_as_their_extractor_is() -> None:
    graph = next(graph for graph in GRAPHS if graph.facts)
    paper = graph.paper.model_copy(update={"extractor": "rules/1+keys-2"})
    unsure = tuple(fact.model_copy(update={"confidence": 0.7}) for fact in graph.facts)
    graph = graph.model_copy(update={"facts": unsure})
    ruled = next(facts([graph.model_copy(update={"paper": paper})]))
    assert ruled.belief == pytest.approx(FITTED["rules"].probability(0.7), abs=1e-5)
