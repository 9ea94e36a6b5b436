// The papers whose title holds a text, which is given in small letters.
MATCH (p:Paper) WHERE toLower(p.title) CONTAINS $part
RETURN p.id AS paper, p.title AS title
ORDER BY paper
