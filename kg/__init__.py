"""paper-kg: abstracts in, a queryable graph of what they report out.

The stages, in order: kg.read -> kg.extract -> kg.resolve -> kg.store -> kg.query. What passes between them is in
kg.types (Paper, Extraction) and kg.graph (Subgraph).
"""

__version__ = "0.1.0"
