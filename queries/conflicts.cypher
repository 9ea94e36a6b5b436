// Scores on which two papers contradict each other: one method, dataset, metric and setting, two values.
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, dataset, metric, setting, value, unit, other_value, other_unit, title, paper, sentence, other_title, other_paper, other_sentence
// example:
//
// Asked by `kg query`, values are brought to the metric's scale first, and those that then agree are left out.
MATCH (m:Method) WHERE m.support > 1 AND COUNT { MATCH (:Result)-[:OF_METHOD]->(m) } > 1
WITH DISTINCT m
// One m after the other, by m.name, m.id: the rows come in this order.
MATCH (r:Result)-[:OF_METHOD]->(m) WHERE r.kind = 'absolute' AND r.value IS NOT NULL
MATCH (r)-[:ON_DATASET]->(d:Dataset), (r)-[:WITH_METRIC]->(k:Metric)
WITH m, d, k, coalesce(r.setting, '') AS setting, count(DISTINCT r.value) AS numbers, collect(r.id) AS results
WHERE numbers > 1
UNWIND results AS id
MATCH (p:Paper)-[:REPORTS]->(r:Result) WHERE r.id = id
WITH m, d, k, setting, collect({
    id: r.id, start: r.start, value: r.value, unit: r.unit, sentence: r.sentence, setting: r.setting,
    paper: p.id, title: p.title
}) AS scores
UNWIND scores AS one
UNWIND scores AS other
WITH m, d, k, one, other WHERE one.value <> other.value AND one.paper < other.paper
RETURN m.name AS method, d.name AS dataset, k.name AS metric, one.setting AS setting,
    one.value AS value, one.unit AS unit, other.value AS other_value, other.unit AS other_unit,
    one.title AS title, one.paper AS paper, one.sentence AS sentence,
    other.title AS other_title, other.paper AS other_paper, other.sentence AS other_sentence, k.id AS metric_id
ORDER BY method, m.id, dataset, d.id, metric, k.id, paper, one.start, one.id, other_paper, other.start, other.id
LIMIT $limit
