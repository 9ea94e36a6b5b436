// Scores on which two papers contradict each other: one method, dataset, metric and setting, two values.
// columns: method, dataset, metric, setting, value, unit, other_value, other_unit, title, paper, sentence, other_title, other_paper, other_sentence
// example:
//
// Asked by `kg query`, values are brought to the metric's scale first, and those that then agree are left out.
MATCH (p1:Paper)-[:REPORTS]->(r1:Result)-[:OF_METHOD]->(m:Method), (r1)-[:ON_DATASET]->(d:Dataset),
    (r1)-[:WITH_METRIC]->(k:Metric)
WHERE r1.kind = 'absolute' AND r1.value IS NOT NULL
MATCH (p2:Paper)-[:REPORTS]->(r2:Result)-[:OF_METHOD]->(m), (r2)-[:ON_DATASET]->(d), (r2)-[:WITH_METRIC]->(k)
WHERE r2.kind = 'absolute' AND r2.value IS NOT NULL AND r1.value <> r2.value AND p1.id < p2.id
    AND coalesce(r1.setting, '') = coalesce(r2.setting, '')
RETURN m.name AS method, d.name AS dataset, k.name AS metric, r1.setting AS setting,
    r1.value AS value, r1.unit AS unit, r2.value AS other_value, r2.unit AS other_unit,
    p1.title AS title, p1.id AS paper, r1.sentence AS sentence,
    p2.title AS other_title, p2.id AS other_paper, r2.sentence AS other_sentence, k.id AS metric_id
ORDER BY method, m.id, dataset, d.id, metric, k.id, paper, r1.start, r1.id, other_paper, r2.start, r2.id
