// What improves on a baseline, and by how much.
// parameter: baseline (Method) - the name of the method that is improved on
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, value, unit, reported, kind, direction, relative, metric, dataset, setting, title, paper, sentence
// example: baseline="supervised fine-tuning"
//
// Numbers come first, then methods that a paper calls better without a number. A change that goes the wrong way in a
// metric whose direction is known is no improvement.
MATCH (b:Method) WHERE b.id = $baseline
OPTIONAL MATCH (p1:Paper)-[:REPORTS]->(r1:Result)-[:COMPARED_TO]->(b)
WHERE r1.kind IN ['change', 'ratio']
OPTIONAL MATCH (r1)-[:WITH_METRIC]->(k1:Metric)
OPTIONAL MATCH (r1)-[:OF_METHOD]->(m1:Method)
WITH b, collect({
    part: 1, method: m1.id, result: r1.id, paper: p1.id, sentence: r1.sentence,
    worse: CASE r1.direction
        WHEN 'down' THEN coalesce(k1.higher_is_better, false)
        WHEN 'up' THEN coalesce(NOT k1.higher_is_better, false)
        ELSE false END
}) AS numbers, collect(p1.id + ' ' + m1.id) AS numbered
OPTIONAL MATCH (m2:Method)-[f2:COMPARED_WITH]->(b)
WHERE f2.outcome = 'better' AND NOT (f2.paper + ' ' + m2.id) IN numbered
WITH b, numbers, numbered, collect({
    part: 2, method: m2.id, result: NULL, paper: f2.paper, sentence: f2.sentence, worse: false
}) AS heads
OPTIONAL MATCH (b)-[f3:COMPARED_WITH]->(m3:Method)
WHERE f3.outcome = 'worse' AND NOT (f3.paper + ' ' + m3.id) IN numbered
WITH numbers, heads, collect({
    part: 2, method: m3.id, result: NULL, paper: f3.paper, sentence: f3.sentence, worse: false
}) AS tails
UNWIND numbers + heads + tails AS row
WITH row WHERE row.paper IS NOT NULL AND NOT row.worse
MATCH (p:Paper) WHERE p.id = row.paper
OPTIONAL MATCH (m:Method) WHERE m.id = row.method
OPTIONAL MATCH (r:Result) WHERE r.id = row.result
WITH row, p, m, r
ORDER BY row.part, p.title, p.id, r.start, m.name, m.id, r.id, row.sentence
LIMIT $limit
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
OPTIONAL MATCH (r)-[:ON_DATASET]->(d:Dataset)
RETURN m.name AS method, r.value AS value, r.unit AS unit, r.value_text AS reported, r.kind AS kind,
    r.direction AS direction, r.relative AS relative, k.name AS metric, coalesce(d.name, r.dataset_text) AS dataset,
    r.setting AS setting, p.title AS title, p.id AS paper, row.sentence AS sentence
ORDER BY row.part, title, paper, r.start, method, m.id, r.id, sentence
