// The papers that name a node.
MATCH (p:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(n)
WHERE n.id = $id
RETURN DISTINCT p.id AS paper
ORDER BY paper
