// What papers say of a method, fact by fact: how many papers say it, and how far it may be believed.
// parameter: method (Method) - the method's name
// parameter: limit (integer) = 100 - how many rows at most
// columns: head, fact, tail, papers, belief, title, paper, sentence
// example: method="supervised fine-tuning"
//
// The most believed come first. Belief, from 0 to 1, is the chance that at least one of the papers really says so. Asked
// by `kg query`, each extraction's confidence is read as it was fitted on annotated papers, and the papers are put
// together; the sentence is that of the surest.
MATCH (m:Method)-[f:EVALUATED_ON]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'evaluated on' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:TRAINED_ON]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'trained on' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:USED_FOR]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'used for' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:MEASURED_BY]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'measured by' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:COMPARED_WITH]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'compared with' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:USES_METHOD]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'uses' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (m:Method)-[f:SUBCLASS_OF]->(o) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN m.name AS head, 'is a kind of' AS fact, o.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, m.id AS head_id, o.id AS tail_id
UNION ALL
MATCH (o:Method)-[f:COMPARED_WITH]->(m:Method) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN o.name AS head, 'compared with' AS fact, m.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, o.id AS head_id, m.id AS tail_id
UNION ALL
MATCH (o:Method)-[f:USES_METHOD]->(m:Method) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN o.name AS head, 'uses' AS fact, m.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, o.id AS head_id, m.id AS tail_id
UNION ALL
MATCH (o:Method)-[f:SUBCLASS_OF]->(m:Method) WHERE m.id = $method
MATCH (p:Paper) WHERE p.id = f.paper
RETURN o.name AS head, 'is a kind of' AS fact, m.name AS tail, f.confidence AS confidence, p.extractor AS extractor,
    p.title AS title, p.id AS paper, f.sentence AS sentence, o.id AS head_id, m.id AS tail_id
