"""A SPARQL text and its parameters -> the text with their values as terms; a solution's terms -> plain values.

SPARQL has no parameters of its own. Here a query names one by `VALUES ?name { UNDEF }`, which as it stands restricts
nothing, so that the file also runs as it is in any other tool; a value takes UNDEF's place as a serialised term. A
parameter that the text has no such place for is bound by a VALUES clause at the start of the outermost pattern.
SPARQL's LIMIT takes a number and no variable: `LIMIT 20 # ?name` names the parameter that the number stands for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions

from kg.rdf.terms import XSD, boolean, decimal, integer, literal
from kg.store import Row, Value

# What may hold braces or question marks without meaning them: IRIs, strings, comments.
_OPAQUE = r'<[^<>"{}|^`\\\s]*>|"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*'
_PLACE = re.compile(rf"{_OPAQUE}|(?P<place>VALUES\s+(?P<names>\?\w+|\([\s?\w]+\))\s*\{{\s*UNDEF\s*\}})", re.DOTALL)
_LIMIT = re.compile(r"\bLIMIT\s+\d+[ \t]*#[ \t]*\?(?P<name>\w+)")
_PATTERN = re.compile(rf"{_OPAQUE}|(?P<start>\bWHERE\s*\{{|\bASK\s*\{{)", re.DOTALL | re.IGNORECASE)
_NUMBERS = frozenset(XSD + name for name in ("decimal", "double", "float"))
_INTEGERS = frozenset(XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"))


def bind(text: str, parameters: Mapping[str, Value | Sequence[Value]]) -> str:
    """The query with its parameters bound; None binds nothing.

    >>> bind("SELECT * WHERE { VALUES ?name { UNDEF } ?s ?p ?name }", {"name": 'a "b"'})
    'SELECT * WHERE { VALUES ?name { "a \\\\"b\\\\"" } ?s ?p ?name }'
    """
    limits = {match["name"] for match in _LIMIT.finditer(text)}
    limited = _LIMIT.sub(lambda match: _limit(match, parameters.get(match["name"])), text)
    terms = {
        f"?{name}": _terms(value) for name, value in parameters.items() if value is not None and name not in limits
    }
    return bind_terms(limited, terms)


def _limit(match: re.Match[str], number: Value | Sequence[Value]) -> str:
    return f"LIMIT {number}" if isinstance(number, int) else match[0]


def bind_terms(text: str, terms: Mapping[str, str]) -> str:
    """The query with serialised terms in the places of `?name`, or of `(?a ?b)` for rows of terms in brackets."""
    left = dict(terms)

    def put(match: re.Match[str]) -> str:
        names = " ".join((match["names"] or "").split())
        if match["place"] is None or names not in terms:
            return match[0]
        left.pop(names, None)
        return f"VALUES {names} {{ {terms[names]} }}"

    bound = _PLACE.sub(put, text)
    found = next((match for match in _PATTERN.finditer(bound) if match["start"]), None)
    if not left or found is None:
        return bound
    clauses = " ".join(f"VALUES {name} {{ {values} }}" for name, values in left.items())
    return f"{bound[: found.end()]} {clauses} {bound[found.end() :]}"


def _terms(value: Value | Sequence[Value]) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(_term(one) for one in value)
    return _term(value)


def _term(value: Value) -> str:
    if isinstance(value, bool):
        return boolean(value)
    if isinstance(value, int):
        return integer(value)
    return decimal(value) if isinstance(value, float) else literal(str(value))


def rows(solutions: QuerySolutions) -> list[Row]:
    """Solutions as rows, a column a variable; what is unbound is None."""
    names = [variable.value for variable in solutions.variables]
    return [dict(zip(names, map(_plain, solution), strict=True)) for solution in solutions]


def _plain(term: Any) -> Value:
    if term is None:
        return None
    if not isinstance(term, Literal):
        return str(term.value) if isinstance(term, NamedNode | BlankNode) else str(term)
    datatype, value = term.datatype.value, str(term.value)
    if datatype in _INTEGERS:
        return int(value)
    if datatype in _NUMBERS:
        return float(value)
    return value in ("true", "1") if datatype == f"{XSD}boolean" else value


def iris(addresses: Iterable[str]) -> str:
    """IRIs as serialised terms."""
    return " ".join(f"<{address}>" for address in addresses)
