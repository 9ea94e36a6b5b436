// Every number reported on a dataset, by metric.
// parameter: dataset (Dataset) - the data set's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: metric, method, value, low, high, unit, reported, kind, direction, relative, bound, baseline, task, setting, title, paper, sentence
// example: dataset=GSM8K
MATCH (d:Dataset) WHERE d.id = $dataset
MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:ON_DATASET]->(d)
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
WITH p, r, k, m
ORDER BY k.name, k.id, r.kind, m.name, m.id, p.id, r.start, r.id
LIMIT $limit
OPTIONAL MATCH (r)-[:COMPARED_TO]->(b:Method)
OPTIONAL MATCH (r)-[:FOR_TASK]->(t:Task)
RETURN k.name AS metric, m.name AS method, r.value AS value, r.low AS low, r.high AS high, r.unit AS unit,
    r.value_text AS reported, r.kind AS kind, r.direction AS direction, r.relative AS relative, r.bound AS bound,
    coalesce(b.name, r.baseline_text) AS baseline, t.name AS task, r.setting AS setting,
    p.title AS title, p.id AS paper, r.sentence AS sentence
ORDER BY metric, k.id, kind, method, m.id, paper, r.start, r.id
