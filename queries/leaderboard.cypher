// Methods by the best score that a paper reports for them on a dataset, in a metric.
// parameter: dataset (Dataset) - the data set's name
// parameter: metric (Metric) - the metric's name
// columns: method, value, unit, reported, bound, setting, title, paper, sentence
// example: dataset=GSM8K metric=accuracy
//
// Scores rank downwards, and upwards in a metric that is known to be better when lower. A method stands once.
MATCH (d:Dataset) WHERE d.id = $dataset
MATCH (r1:Result)-[:ON_DATASET]->(d)
WHERE r1.kind = 'absolute' AND r1.value IS NOT NULL
MATCH (r1)-[:WITH_METRIC]->(k:Metric) WHERE k.id = $metric
MATCH (r1)-[:OF_METHOD]->(m:Method)
WITH d, m, k, CASE WHEN k.higher_is_better = false THEN -r1.value ELSE r1.value END AS score1
WITH d, m, k, max(score1) AS best
MATCH (r2:Result)-[:OF_METHOD]->(m), (r2)-[:ON_DATASET]->(d), (r2)-[:WITH_METRIC]->(k)
WHERE r2.kind = 'absolute' AND CASE WHEN k.higher_is_better = false THEN -r2.value ELSE r2.value END = best
WITH m, best, min(r2.id) AS first
MATCH (r:Result) WHERE r.id = first
MATCH (p:Paper)-[:REPORTS]->(r)
RETURN m.name AS method, r.value AS value, r.unit AS unit, r.value_text AS reported, r.bound AS bound,
    r.setting AS setting, p.title AS title, p.id AS paper, r.sentence AS sentence
ORDER BY best DESC, method, m.id
