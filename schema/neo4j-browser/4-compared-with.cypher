// What is compared with a method, and how it comes off
WITH 'DPO' AS method
MATCH path = (:Method {name: method})-[:COMPARED_WITH]-(:Method)
RETURN path LIMIT 200
