// A dataset and all that papers say of it
WITH 'GSM8K' AS dataset
MATCH path = (:Dataset {name: dataset})-[:EVALUATED_ON|TRAINED_ON|BENCHMARK_FOR|MEASURED_BY|SUBCLASS_OF]-()
RETURN path LIMIT 200
