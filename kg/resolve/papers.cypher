// The papers that name a node.
MATCH (p:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(n:Method) WHERE n.id = $id RETURN p.id AS paper
UNION
MATCH (p:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(n:Task) WHERE n.id = $id RETURN p.id AS paper
UNION
MATCH (p:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(n:Dataset) WHERE n.id = $id RETURN p.id AS paper
UNION
MATCH (p:Paper)-[:PROPOSES|USES|COMPARES|MENTIONS]->(n:Metric) WHERE n.id = $id RETURN p.id AS paper
