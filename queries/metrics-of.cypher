// Metrics in which a dataset is measured, the most used first.
// parameter: dataset (Dataset) - the data set's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: metric, papers, results, higher_is_better
// example: dataset=GSM8K
MATCH (d:Dataset) WHERE d.id = $dataset
OPTIONAL MATCH (p1:Paper)-[:REPORTS]->(r1:Result)-[:ON_DATASET]->(d), (r1)-[:WITH_METRIC]->(k1:Metric)
WITH d, collect({metric: k1.id, paper: p1.id, result: r1.id}) AS numbers
OPTIONAL MATCH (d)-[f:MEASURED_BY]->(k2:Metric)
WITH numbers, collect({metric: k2.id, paper: f.paper, result: NULL}) AS facts
UNWIND numbers + facts AS row
WITH row WHERE row.metric IS NOT NULL
MATCH (k:Metric) WHERE k.id = row.metric
WITH k, count(DISTINCT row.paper) AS papers, count(DISTINCT row.result) AS results
RETURN k.name AS metric, papers, results, k.higher_is_better AS higher_is_better
ORDER BY papers DESC, results DESC, metric, k.id
LIMIT $limit
