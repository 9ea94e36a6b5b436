"""A named question, its parameters and a store in; columns and rows out. The texts are in `queries/`."""

from kg.query.answer import Answer, ask
from kg.query.question import Parameter, Question, questions

__all__ = ["Answer", "Parameter", "Question", "ask", "questions"]
