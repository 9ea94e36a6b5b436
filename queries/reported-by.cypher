// What a paper reports: its numbers, in the order of its text.
// parameter: paper (Paper) - the paper's id, its title, or a part of the title
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, value, low, high, unit, reported, kind, direction, relative, bound, metric, dataset, task, baseline, setting, sentence
// example: paper="Masked Thought"
MATCH (p:Paper) WHERE p.id = $paper
MATCH (p)-[:REPORTS]->(r:Result)
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
OPTIONAL MATCH (r)-[:COMPARED_TO]->(b:Method)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
OPTIONAL MATCH (r)-[:FOR_TASK]->(t:Task)
RETURN m.name AS method, r.value AS value, r.low AS low, r.high AS high, r.unit AS unit, r.value_text AS reported,
    r.kind AS kind, r.direction AS direction, r.relative AS relative, r.bound AS bound, k.name AS metric,
    coalesce(d.name, r.dataset_text) AS dataset, t.name AS task, coalesce(b.name, r.baseline_text) AS baseline,
    r.setting AS setting, r.sentence AS sentence
ORDER BY r.start, r.id
LIMIT $limit
