"""The fields of kg.graph's models -> the properties that say them in RDF; what `schema/` is tested against.

Slots, roles and relations become one property each, named as their edge is: ON_DATASET is `kg:onDataset`.
"""

from typing import Literal

from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES
from kg.rdf.terms import term
from kg.types import EntityType, RelationType, Role, SlotName

Kind = Literal["string", "decimal", "integer", "boolean", "date", "anyURI", "span"]


def camel(edge: str) -> str:
    """An edge's name as a property's.

    >>> camel("EVALUATED_ON")
    'evaluatedOn'
    """
    head, *rest = edge.lower().split("_")
    return head + "".join(word.capitalize() for word in rest)


ROLES: dict[Role, str] = {role: f"kg:{camel(edge)}" for role, edge in ROLE_EDGES.items()}
SLOTS: dict[SlotName, str] = {slot: f"kg:{camel(edge)}" for slot, edge in SLOT_EDGES.items()}
RELATIONS: dict[RelationType, str] = {relation: f"kg:{camel(edge)}" for relation, edge in FACT_EDGES.items()}

# The class of a node, and the classes that others know it by: who asks without a reasoner finds it, too.
ENTITY_CLASSES: dict[EntityType, tuple[str, ...]] = {
    "Method": ("kg:Method", "mls:Algorithm"),
    "Task": ("kg:Task", "mls:Task", "lpwc:task"),
    "Dataset": ("kg:Dataset", "schema:Dataset", "lpwc:dataset"),
    "Metric": ("kg:Metric", "mls:EvaluationMeasure"),
}
PAPER_CLASSES = ("kg:Paper", "schema:ScholarlyArticle", "lpwc:paper")
RESULT_CLASSES = ("kg:Result", "mls:ModelEvaluation", "lpwc:evaluationresult")

# Model field -> property and kind of value, for the fields that are one triple (or one a value) and no more.
PAPER_FIELDS: dict[str, tuple[str, Kind]] = {
    "id": ("dcterms:identifier", "string"),
    "title": ("dcterms:title", "string"),
    "abstract": ("dcterms:abstract", "string"),
    "url": ("schema:url", "anyURI"),
    "published": ("schema:datePublished", "date"),
    "sources": ("dc:source", "string"),
    "content_hash": ("kg:contentHash", "string"),
    "extractor": ("kg:extractor", "string"),
}
ENTITY_FIELDS: dict[str, tuple[str, Kind]] = {
    "id": ("dcterms:identifier", "string"),
    "name": ("skos:prefLabel", "string"),
    "aliases": ("skos:altLabel", "string"),
    "kind": ("kg:kind", "string"),
    "higher_is_better": ("kg:higherIsBetter", "boolean"),
    "unit": ("kg:unit", "string"),
    "lower_bound": ("kg:lowerBound", "decimal"),
    "upper_bound": ("kg:upperBound", "decimal"),
    "support": ("kg:support", "integer"),
    "curated": ("kg:curated", "boolean"),
    "model_papers": ("kg:modelPapers", "integer"),
}
CLAIM_FIELDS: dict[str, tuple[str, Kind]] = {
    "name": ("kg:name", "string"),
    "kind": ("kg:kind", "string"),
    "mentions": ("kg:mention", "span"),
    "confidence": ("kg:confidence", "decimal"),
}
RESULT_FIELDS: dict[str, tuple[str, Kind]] = {
    "value_text": ("rdfs:label", "string"),
    "value": ("kg:value", "decimal"),
    "low": ("kg:low", "decimal"),
    "high": ("kg:high", "decimal"),
    "unit": ("kg:unit", "string"),
    "kind": ("kg:kind", "string"),
    "direction": ("kg:direction", "string"),
    "relative": ("kg:relative", "boolean"),
    "bound": ("kg:bound", "string"),
    "setting": ("kg:setting", "string"),
    "setting_start": ("kg:settingStart", "integer"),
    "baseline_text": ("kg:baselineText", "string"),
    "baseline_start": ("kg:baselineStart", "integer"),
    "dataset_text": ("kg:datasetText", "string"),
    "dataset_start": ("kg:datasetStart", "integer"),
    "confidence": ("kg:confidence", "decimal"),
}
FACT_FIELDS: dict[str, tuple[str, Kind]] = {
    "head_name": ("kg:headName", "string"),
    "tail_name": ("kg:tailName", "string"),
    "outcome": ("kg:outcome", "string"),
    "confidence": ("kg:confidence", "decimal"),
}

TYPE = term("rdf:type")
SUBJECT, PREDICATE, OBJECT = term("rdf:subject"), term("rdf:predicate"), term("rdf:object")
DERIVED = term("prov:wasDerivedFrom")
EVIDENCE, VALUE_SPAN, MENTION = term("kg:evidence"), term("kg:valueSpan"), term("kg:mention")
REPORTS, CONFIDENCE = term("kg:reports"), term("kg:confidence")
IS_SPAN, IS_FORM = f"{TYPE} {term('oa:TextPositionSelector')}", f"{TYPE} {term('skosxl:Label')}"
IS_MODEL = f"{TYPE} {term('kg:Model')}"
START, END, EXACT = term("oa:start"), term("oa:end"), term("oa:exact")
FORM, LITERAL_FORM, PAPERS = term("kg:form"), term("skosxl:literalForm"), term("kg:papers")


# A slot's filling, and what stands beside it: `kg:ofMethod`, `kg:methodSpan`, `kg:methodConfidence`, `kg:methodName`.
SLOT_PROPERTIES: dict[SlotName, tuple[str, str, str, str]] = {
    slot: (term(name), term(f"kg:{slot}Span"), term(f"kg:{slot}Confidence"), term(f"kg:{slot}Name"))
    for slot, name in SLOTS.items()
}
