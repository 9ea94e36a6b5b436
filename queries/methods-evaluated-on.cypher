// Methods evaluated on a dataset, with the numbers and the sentences that say so.
// parameter: dataset (Dataset) - the data set's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, value, unit, reported, kind, direction, metric, baseline, setting, title, paper, sentence
// example: dataset=GSM8K
//
// Reported numbers come first, then evaluations without a number, then papers that name the data set and no more.
MATCH (d:Dataset) WHERE d.id = $dataset
OPTIONAL MATCH (p1:Paper)-[:REPORTS]->(r1:Result)-[:ON_DATASET]->(d)
OPTIONAL MATCH (r1)-[:OF_METHOD]->(m1:Method)
WITH d, collect({part: 1, paper: p1.id, method: m1.id, result: r1.id, sentence: r1.sentence}) AS numbers,
    collect(p1.id) AS reporting, collect(p1.id + ' ' + m1.id) AS numbered
// Rows that would come after the last one asked for are not sought; a list that found nothing holds a row of nulls.
OPTIONAL MATCH (m2:Method)-[f2:EVALUATED_ON]->(d)
WHERE size(numbers) <= $limit AND NOT (f2.paper + ' ' + m2.id) IN numbered
WITH d, numbers, reporting, collect(f2.paper) AS saying,
    collect({part: 2, paper: f2.paper, method: m2.id, result: NULL, sentence: f2.sentence}) AS facts
OPTIONAL MATCH (p3:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(d)
WHERE size(numbers) + size(facts) <= $limit + 1 AND NOT p3.id IN reporting AND NOT p3.id IN saying
WITH numbers, facts, collect(DISTINCT {part: 3, paper: p3.id, method: NULL, result: NULL, sentence: NULL}) AS others
UNWIND numbers + facts + others AS row
WITH row WHERE row.paper IS NOT NULL
MATCH (p:Paper) WHERE p.id = row.paper
OPTIONAL MATCH (m:Method) WHERE m.id = row.method
OPTIONAL MATCH (r:Result) WHERE r.id = row.result
WITH row, p, m, r
ORDER BY row.part, p.title, p.id, r.start, m.name, m.id, r.id, row.sentence
LIMIT $limit
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
OPTIONAL MATCH (r)-[:COMPARED_TO]->(b:Method)
RETURN m.name AS method, r.value AS value, r.unit AS unit, r.value_text AS reported, r.kind AS kind,
    r.direction AS direction, k.name AS metric, coalesce(b.name, r.baseline_text) AS baseline, r.setting AS setting,
    p.title AS title, p.id AS paper, row.sentence AS sentence
ORDER BY row.part, title, paper, r.start, method, m.id, r.id, sentence
