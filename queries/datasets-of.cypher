// Datasets that papers use for a task, the most used first, with the sentences that say so.
// parameter: task (Task) - the task's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: dataset, papers, title, paper, sentence
// example: task="mathematical reasoning"
MATCH (t:Task) WHERE t.id = $task
OPTIONAL MATCH (d1:Dataset)-[f:BENCHMARK_FOR]->(t)
WITH t, collect({dataset: d1.id, paper: f.paper, sentence: f.sentence}) AS facts
OPTIONAL MATCH (p2:Paper)-[:REPORTS]->(r:Result)-[:FOR_TASK]->(t), (r)-[:ON_DATASET]->(d2:Dataset)
WITH facts, collect({dataset: d2.id, paper: p2.id, sentence: r.sentence}) AS numbers
UNWIND facts + numbers AS row
WITH DISTINCT row.dataset AS id, row.paper AS source, row.sentence AS said
WHERE id IS NOT NULL
WITH id, count(DISTINCT source) AS papers, collect({paper: source, sentence: said}) AS evidence
UNWIND evidence AS one
MATCH (d:Dataset) WHERE d.id = id
MATCH (p:Paper) WHERE p.id = one.paper
RETURN d.name AS dataset, papers, p.title AS title, p.id AS paper, one.sentence AS sentence
ORDER BY papers DESC, dataset, d.id, title, paper, sentence
LIMIT $limit
