// A task, its datasets, and the metrics that these are measured in
WITH 'mathematical reasoning' AS task
MATCH path = (:Task {name: task})<-[:BENCHMARK_FOR]-(d:Dataset)
OPTIONAL MATCH by = (d)-[:MEASURED_BY]->(:Metric)
RETURN path, by LIMIT 300
