"""The closed vocabularies of the heads, in the order of their outputs."""

UNNAMED = "Unnamed"  # a phrase that stands for the proposed method of a paper that does not name it
MENTION_TYPES = ("Method", "Task", "Dataset", "Metric", UNNAMED)
UNNAMED_TYPE = MENTION_TYPES.index(UNNAMED)
LITERALS = ("baseline", "dataset", "setting")
ROLES = ("proposed", "used", "compared", "mentioned")
METHOD_KINDS = ("technique", "model")
KINDS = ("absolute", "change", "ratio")
DIRECTIONS = (None, "up", "down")
RELATIVES = (None, True, False)
BOUNDS = ("exact", "at_least", "at_most", "about")
SLOTS = ("method", "baseline", "dataset", "metric", "task")
SLOT_FILLERS = ((0, 4), (0, 4), (2,), (3,), (1,))  # indices into MENTION_TYPES that may fill each slot
SLOT_LITERALS = (None, 0, 1, None, None)  # index into LITERALS that may fill it beside them
RELATIONS = (
    "evaluated_on",
    "trained_on",
    "used_for",
    "benchmark_for",
    "measured_by",
    "compared_with",
    "uses",
    "subclass_of",
)
OUTCOMES = ("better", "worse", "similar")
TAGS = 1 + 2 * len(MENTION_TYPES)  # 0 outside, 1 + 2t begins type t, 2 + 2t is inside it
LITERAL_TAGS = 1 + 2 * len(LITERALS)
PAIR_OUTPUTS = len(RELATIONS) + len(OUTCOMES) + 1  # the last: both mentions name one entity
