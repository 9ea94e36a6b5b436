// Methods by the best score that a paper reports for them on a dataset, in a metric.
// parameter: dataset (Dataset) - the data set's name
// parameter: metric (Metric) - the metric's name
// columns: method, value, unit, note, reported, bound, task, setting, title, paper, sentence
// example: dataset=GSM8K metric=accuracy
//
// Scores rank downwards, and upwards in a metric that is known to be better when lower. Asked by `kg query`, a method
// stands once, with its best; values are brought to the metric's scale, and those that can't be of it come last.
// Changes are no scores.
MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:ON_DATASET]->(d:Dataset), (r)-[:WITH_METRIC]->(k:Metric),
    (r)-[:OF_METHOD]->(m:Method)
WHERE d.id = $dataset AND k.id = $metric AND r.kind = 'absolute' AND r.value IS NOT NULL
OPTIONAL MATCH (r)-[:FOR_TASK]->(t:Task)
RETURN m.name AS method, r.value AS value, r.unit AS unit, '' AS note, r.value_text AS reported, r.bound AS bound,
    t.name AS task, r.setting AS setting, p.title AS title, p.id AS paper, r.sentence AS sentence, m.id AS method_id
ORDER BY CASE WHEN k.higher_is_better = false THEN -r.value ELSE r.value END DESC, method, m.id, paper, r.start, r.id
