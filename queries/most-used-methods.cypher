// Methods by the number of papers that build on them, train with them or evaluate them.
// parameter: limit (integer) = 20 - how many to show
// columns: method, kind, used_by, named_by
// example: limit=10
MATCH (p:Paper)-[:USES]->(m:Method)
WITH m, count(DISTINCT p.id) AS used_by
RETURN m.name AS method, m.kind AS kind, used_by, m.support AS named_by
ORDER BY used_by DESC, named_by DESC, method, m.id
LIMIT $limit
