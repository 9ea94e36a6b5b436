// The papers whose title holds a text as it is written.
MATCH (p:Paper) WHERE p.title CONTAINS $part
RETURN p.id AS paper, p.title AS title
ORDER BY paper
