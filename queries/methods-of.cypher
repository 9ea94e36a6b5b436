// Methods that papers use for a task, the most used first, with the sentences that say so.
// parameter: task (Task) - the task's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: method, kind, papers, title, paper, sentence
// example: task="mathematical reasoning"
MATCH (t:Task) WHERE t.id = $task
OPTIONAL MATCH (m1:Method)-[f:USED_FOR]->(t)
WITH t, collect({method: m1.id, paper: f.paper, sentence: f.sentence}) AS facts
OPTIONAL MATCH (p2:Paper)-[:REPORTS]->(r:Result)-[:FOR_TASK]->(t), (r)-[:OF_METHOD]->(m2:Method)
WITH facts, collect({method: m2.id, paper: p2.id, sentence: r.sentence}) AS numbers
UNWIND facts + numbers AS row
WITH DISTINCT row.method AS id, row.paper AS source, row.sentence AS said
WHERE id IS NOT NULL
WITH id, count(DISTINCT source) AS papers, collect({paper: source, sentence: said}) AS evidence
UNWIND evidence AS one
MATCH (m:Method) WHERE m.id = id
MATCH (p:Paper) WHERE p.id = one.paper
RETURN m.name AS method, m.kind AS kind, papers, p.title AS title, p.id AS paper, one.sentence AS sentence
ORDER BY papers DESC, method, m.id, title, paper, sentence
LIMIT $limit
