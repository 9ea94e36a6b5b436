// Methods that papers compare with a method, and how they come off against it.
// parameter: method (Method) - the method's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, outcome, value, unit, reported, kind, direction, metric, dataset, title, paper, sentence
// example: method="supervised fine-tuning"
//
// `outcome` is that of the other method. Comparisons come first, then numbers that have the method as their baseline.
MATCH (a:Method) WHERE a.id = $method
OPTIONAL MATCH (o1:Method)-[f1:COMPARED_WITH]->(a)
WITH a, collect({part: 1, method: o1.id, outcome: f1.outcome, result: NULL, paper: f1.paper, sentence: f1.sentence})
    AS heads
OPTIONAL MATCH (a)-[f2:COMPARED_WITH]->(o2:Method)
WITH a, heads, collect({
    part: 1, method: o2.id,
    outcome: CASE f2.outcome WHEN 'better' THEN 'worse' WHEN 'worse' THEN 'better' ELSE f2.outcome END,
    result: NULL, paper: f2.paper, sentence: f2.sentence
}) AS tails
OPTIONAL MATCH (p3:Paper)-[:REPORTS]->(r3:Result)-[:COMPARED_TO]->(a)
OPTIONAL MATCH (r3)-[:OF_METHOD]->(o3:Method)
WITH heads, tails, collect({
    part: 2, method: o3.id, outcome: NULL, result: r3.id, paper: p3.id, sentence: r3.sentence
}) AS numbers
UNWIND heads + tails + numbers AS row
WITH row WHERE row.paper IS NOT NULL
MATCH (p:Paper) WHERE p.id = row.paper
OPTIONAL MATCH (m:Method) WHERE m.id = row.method
OPTIONAL MATCH (r:Result) WHERE r.id = row.result
WITH row, p, m, r
ORDER BY row.part, p.title, p.id, r.start, m.name, m.id, r.id, row.outcome, row.sentence
LIMIT $limit
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
RETURN m.name AS method, row.outcome AS outcome, r.value AS value, r.unit AS unit, r.value_text AS reported,
    r.kind AS kind, r.direction AS direction, k.name AS metric, coalesce(d.name, r.dataset_text) AS dataset,
    p.title AS title, p.id AS paper, row.sentence AS sentence
ORDER BY row.part, title, paper, r.start, method, m.id, r.id, outcome, sentence
