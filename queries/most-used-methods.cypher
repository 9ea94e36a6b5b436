// Methods by the number of papers that build on them, train with them or evaluate them.
// parameter: limit (integer) = 20 - how many to show
// columns: method, kind, used_by, named_by
// example: limit=10
MATCH (n:Method) WHERE n.support > 0
WITH n ORDER BY n.support DESC LIMIT $limit
WITH n, COUNT { MATCH ()-[:USES]->(n) } AS used
WITH min(used) AS least, collect({id: n.id, used: used}) AS named, collect(n.id) AS ids
// No method is used by more papers than name it: of the others, only those that are named by so many can come before.
OPTIONAL MATCH (o:Method) WHERE o.support >= least AND NOT o.id IN ids
WITH named, o, COUNT { MATCH ()-[:USES]->(o) } AS used
WITH named, collect({id: o.id, used: used}) AS others
UNWIND named + others AS row
WITH row WHERE row.used > 0
MATCH (m:Method) WHERE m.id = row.id
RETURN m.name AS method, m.kind AS kind, row.used AS used_by, m.support AS named_by
ORDER BY used_by DESC, named_by DESC, method, m.id
LIMIT $limit
