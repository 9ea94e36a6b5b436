from servers.neo4j import Address


def test_neo4j_server_answers_and_is_empty(neo4j_database: Address) -> None:
    assert neo4j_database.run("MATCH (n) RETURN count(n) AS nodes") == [{"nodes": 0}]


def test_neo4j_server_is_community(neo4j_database: Address) -> None:
    rows = neo4j_database.run("CALL dbms.components() YIELD name, edition WHERE name = 'Neo4j Kernel' RETURN edition")
    assert rows == [{"edition": "community"}]
