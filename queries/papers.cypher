// The papers in the graph, by their ids.
// parameter: limit (integer) = 1000 - how many rows at most
// columns: paper, title, published, url
// example:
MATCH (p:Paper) WHERE p.id > ''
RETURN p.id AS paper, p.title AS title, p.published AS published, p.url AS url
ORDER BY paper
LIMIT $limit
