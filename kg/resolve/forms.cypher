// What a shared node is called that may be an abbreviation: its short forms.
MATCH (n:Method) UNWIND n.forms AS form WITH n, form WHERE size(form) <= 7 RETURN n.id AS id, form
UNION ALL
MATCH (n:Task) UNWIND n.forms AS form WITH n, form WHERE size(form) <= 7 RETURN n.id AS id, form
UNION ALL
MATCH (n:Dataset) UNWIND n.forms AS form WITH n, form WHERE size(form) <= 7 RETURN n.id AS id, form
UNION ALL
MATCH (n:Metric) UNWIND n.forms AS form WITH n, form WHERE size(form) <= 7 RETURN n.id AS id, form
