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
WITH d, collect({
    part: 1, title: p1.title, paper: p1.id, start: r1.start, name: m1.name, method: m1.id, result: r1.id,
    sentence: r1.sentence}) AS numbers,
    collect(p1.id) AS reporting, collect(p1.id + ' ' + m1.id) AS numbered
// Rows that would come after the last one asked for are not sought; a list that found nothing holds a row of nulls.
OPTIONAL MATCH (m2:Method)-[f2:EVALUATED_ON]->(d)
WHERE size(numbers) <= $limit AND NOT (f2.paper + ' ' + m2.id) IN numbered
OPTIONAL MATCH (p2:Paper) WHERE p2.id = f2.paper
WITH d, numbers, reporting, collect(f2.paper) AS saying, collect({
    part: 2, title: p2.title, paper: f2.paper, start: 0, name: m2.name, method: m2.id, result: NULL,
    sentence: f2.sentence}) AS facts
OPTIONAL MATCH (p3:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(d)
WHERE size(numbers) + size(facts) <= $limit + 1 AND NOT p3.id IN reporting AND NOT p3.id IN saying
WITH numbers, facts, collect(DISTINCT {
    part: 3, title: p3.title, paper: p3.id, start: 0, name: NULL, method: NULL, result: NULL,
    sentence: NULL}) AS others
UNWIND numbers + facts + others AS row
WITH row WHERE row.paper IS NOT NULL
WITH row ORDER BY row.part, row.title, row.paper, row.start, row.name, row.method, row.result, row.sentence
LIMIT $limit
OPTIONAL MATCH (r:Result) WHERE r.id = row.result
OPTIONAL MATCH (r)-[:WITH_METRIC]->(k:Metric)
OPTIONAL MATCH (r)-[:COMPARED_TO]->(b:Method)
RETURN row.name AS method, r.value AS value, r.unit AS unit, r.value_text AS reported, r.kind AS kind,
    r.direction AS direction, k.name AS metric, coalesce(b.name, r.baseline_text) AS baseline, r.setting AS setting,
    row.title AS title, row.paper AS paper, row.sentence AS sentence
ORDER BY row.part, title, paper, row.start, method, row.method, row.result, sentence
