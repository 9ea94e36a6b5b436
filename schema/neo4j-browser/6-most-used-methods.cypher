// The methods that most papers name, and how they are connected
MATCH (m:Method) WITH m ORDER BY m.support DESC, m.name LIMIT 25
WITH collect(m) AS top UNWIND top AS m
OPTIONAL MATCH path = (m)-[:USES_METHOD|COMPARED_WITH|SUBCLASS_OF]->(o:Method) WHERE o IN top
RETURN m, path
