// The best numbers on a dataset, as a table
WITH 'GSM8K' AS dataset
MATCH (p:Paper)-[:REPORTS]->(r:Result {kind: 'absolute'})-[:ON_DATASET]->(:Dataset {name: dataset})
MATCH (r)-[:OF_METHOD]->(m:Method), (r)-[:WITH_METRIC]->(k:Metric)
RETURN k.name AS metric, m.name AS method, r.value_text AS reported, r.setting AS setting, p.title AS paper,
    r.sentence AS sentence
ORDER BY metric, r.value DESC
