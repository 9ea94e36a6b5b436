// Methods evaluated on a dataset, with their numbers
WITH 'GSM8K' AS dataset
MATCH path = (:Paper)-[:REPORTS]->(r:Result)-[:ON_DATASET]->(:Dataset {name: dataset})
OPTIONAL MATCH by = (r)-[:OF_METHOD|WITH_METRIC]->()
RETURN path, by LIMIT 300
