// What a paper reports, by a part of its title
WITH 'Masked Thought' AS title
MATCH (p:Paper) WHERE toLower(p.title) CONTAINS toLower(title)
MATCH path = (p)-[:REPORTS]->(:Result)-[]->()
RETURN path LIMIT 300
