// Every paper in the graph.
// columns: paper, title, published, url
// example:
MATCH (p:Paper)
RETURN p.id AS paper, p.title AS title, p.published AS published, p.url AS url
ORDER BY paper
