from itertools import product

import numpy as np
import pytest

from kg.extract.rules.chain import FORBIDDEN, TAGS, best_path, marginals, spans
from kg.extract.rules.fit import fit_choices, fit_classes
from kg.extract.rules.linear import parse, softmax, table_of

MODEL = parse("feature\tno\tyes\nred\t\t500\nround\t-200\t1000\n")


def test_linear_sums_the_weights_of_known_features() -> None:
    assert MODEL.scores([["red", "round"], ["square"], []]).tolist() == [[-200, 1500], [0, 0], [0, 0]]


def test_linear_scores_nothing_for_no_items() -> None:
    assert MODEL.scores([]).shape == (0, 2)


def test_linear_gives_its_reasons_and_they_add_up() -> None:
    reasons = MODEL.reasons(["red", "round", "square"], "yes")
    assert reasons == [("round", 1000), ("red", 500)]
    assert sum(weight for _, weight in reasons) == MODEL.scores([["red", "round", "square"]])[0, 1]


def test_linear_tables_come_back() -> None:
    again = parse(table_of(MODEL))
    assert again.rows == MODEL.rows
    assert np.array_equal(again.weights, MODEL.weights)


def test_fit_classes_learns_what_tells_classes_apart() -> None:
    model = fit_classes([([["red"], ["blue"]], [1, 0])] * 20, ("no", "yes"))
    assert model.scores([["red"], ["blue"]]).argmax(axis=1).tolist() == [1, 0]


def test_fit_choices_learns_what_is_chosen() -> None:
    model = fit_choices([([["far"], ["near"], ["far", "big"]], 1)] * 20, "slot")
    assert model.scores([["far"], ["near"]])[:, 0].argmax() == 1


def _random(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(-900, 900, (4, len(TAGS))), rng.integers(-900, 900, (len(TAGS) + 1, len(TAGS)))


@pytest.mark.parametrize("seed", range(5))
def test_chain_finds_the_path_and_the_marginals_of_exhaustive_search(seed: int) -> None:
    scores, follows = _random(seed)
    paths, sums = [], []
    for path in product(range(len(TAGS)), repeat=3):
        steps = list(zip((len(TAGS), *path), path, strict=False))
        if not any(FORBIDDEN[step] for step in steps):
            paths.append(path)
            sums.append(sum(int(scores[at, tag]) for at, tag in enumerate(path)) + sum(int(follows[s]) for s in steps))
    assert tuple(best_path(scores[:3], follows)) == paths[int(np.argmax(sums))]
    exact = softmax(np.array([sums]))[0]
    tag, _ = marginals(scores[:3].astype(float), follows.astype(float))
    for at in range(3):
        for label in range(len(TAGS)):
            expected = sum(p for p, path in zip(exact, paths, strict=True) if path[at] == label)
            assert tag[at, label] == pytest.approx(expected, abs=1e-9)


def test_chain_spans_are_runs_of_one_type() -> None:
    tags = [TAGS.index(tag) for tag in ("O", "B-Task", "I-Task", "B-Task", "O", "B-Metric")]
    assert spans(tags) == [(1, 2, 1), (3, 3, 1), (5, 5, 3)]
