// Methods by the number of papers that build on them, train with them or evaluate them.
// parameter: limit (integer) = 20 - how many to show
// columns: method, kind, used_by, named_by
// example: limit=10
MATCH (n:Method) WHERE n.support > 0
WITH n ORDER BY n.support DESC LIMIT $limit
WITH n, COUNT { MATCH (:Paper)-[:USES]->(n) } AS used
WITH min(used) AS least
// No method is used by more papers than name it: only those that are named by so many can be among the first.
MATCH (m:Method) WHERE m.support > 0 AND m.support >= least
WITH m, COUNT { MATCH (:Paper)-[:USES]->(m) } AS used_by
WITH m, used_by WHERE used_by > 0
RETURN m.name AS method, m.kind AS kind, used_by, m.support AS named_by
ORDER BY used_by DESC, named_by DESC, method, m.id
LIMIT $limit
