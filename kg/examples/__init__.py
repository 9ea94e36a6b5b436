"""Short accounts, in our own words, of what well-known papers report: `papers.jsonl`, each with its source."""
