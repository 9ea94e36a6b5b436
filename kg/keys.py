"""A surface form -> the key under which its spellings are one; a type and a form -> a node id."""

import re
import unicodedata
from functools import lru_cache

_GREEK = str.maketrans(
    {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "λ": "lambda", "μ": "mu", "π": "pi"}
    | {"σ": "sigma", "τ": "tau", "φ": "phi"}
)
_MARKS = dict.fromkeys(range(0x300, 0x370)) | dict.fromkeys(map(ord, "†‡^?")) | {ord("×"): "x"}
_MACRO = re.compile(r"\\(?:text\w{0,11}|emph|math\w{2,4}|operatorname)\s*\{([^{}]*)\}")
_LATEX = re.compile(r"\\['`\"~=.](?=\{?\\?\w)|[${}\\]")
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_DETERMINER = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_HEAD = re.compile(r"(?<=\w[\w!+*])\s+(?:data[\s\-]?sets?|benchmarks?|corpus|corpora)$", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―_/'~]+(?=\d)")
_LAST_LETTER = re.compile(r"(?<=[^\W\d_])[\s\-‐-―_]+(?=[^\W\d_]$)")
_SEPARATORS = re.compile(r"[\s\-‐-―_/~'\"“”‘’`,:;]+")
_BRITISH = re.compile(
    r"isation|(?<=[ln])ised|(?<=(?:model|label))l(?=ing|ed)|(?<=dialog)ue"
    r"|(?<=(?:tum|col|rum|hum|avi|ghb|fav))our"
)
_SPELLED = {"isation": "ization", "ised": "ized", "our": "or"}


@lru_cache(maxsize=1 << 16)
def normalise(form: str) -> str:
    """The key of a surface form.

    Case, accents, hyphens, spaces, LaTeX, British spelling, a plural, a bracketed abbreviation and a trailing
    "dataset" do not count; digits, dots, signs and a size letter do. A separator between two digits stays, so that
    'LLaMA-2-7B' is no 'LLaMA-27B', and so does the one before a last letter, so that 'ViT-S' is neither 'VITS' nor
    the plural 'ViTs'.

    >>> normalise("GSM-8K"), normalise("the gsm8k dataset"), normalise("Large Language Models")
    ('gsm8k', 'gsm8k', 'largelanguagemodel')
    >>> normalise("LLaMA-2-7B"), normalise("CIFAR-10"), normalise("F0.5"), normalise("F$_{5}$"), normalise("DARTS")
    ('llama2-7b', 'cifar10', 'f0.5', 'f5', 'darts')
    >>> normalise("visual question answering (VQA)"), normalise("language modelling"), normalise("accuracies")
    ('visualquestionanswering', 'languagemodeling', 'accuracy')
    """
    text = form
    while _MACRO.search(text):
        text = _MACRO.sub(r"\1", text)
    text = unicodedata.normalize("NFKD", _LATEX.sub("", text)).translate(_MARKS)
    text = unicodedata.normalize("NFKC", text)
    if "(" in text or "[" in text:
        text = _BRACKET.sub(lambda m: "" if is_short_for(m[1], text[: m.start()]) else f" {m[1]}", text)
    text = _DETERMINER.sub("", text.strip(" .,;:'\"`()[]“”‘’"))
    text = _singular(_HEAD.sub("", text)).casefold().translate(_GREEK)
    text = _LAST_LETTER.sub("\x00", _BETWEEN_DIGITS.sub("\x00", text))
    text = _SEPARATORS.sub("", text).replace("\x00", "-")
    return _BRITISH.sub(lambda m: _SPELLED.get(m[0], ""), text) or form


def entity_id(type: str, form: str) -> str:
    """The id of an entity's node, minted from its type and a form.

    >>> entity_id("Dataset", "GSM-8K")
    'dataset:gsm8k'
    """
    return f"{type.lower()}:{normalise(form)}"


def is_short(form: str) -> bool:
    """Whether a form looks like an initialism: one token of at most six characters, half of its letters capitals.

    >>> [form for form in ("SC", "LLMs", "MoE", "t-SNE", "BERT", "GPT-4", "CIFAR", "Adam") if is_short(form)]
    ['SC', 'LLMs', 'MoE', 't-SNE', 'BERT', 'CIFAR']
    """
    letters = form.removesuffix("s")
    capitals = sum(map(str.isupper, letters))
    return (
        2 <= len(letters) <= 6
        and capitals >= 2
        and 2 * capitals >= sum(map(str.isalpha, letters))
        and not any(c.isdigit() or c.isspace() for c in letters)
    )


def is_short_for(short: str, long: str) -> bool:
    """Whether the letters of `short` can be read off `long` in order, the first at the start of a word.

    The test of Schwartz and Hearst (2003), from the right: each letter is matched as late as it can be.

    >>> is_short_for("SC", "self-consistency"), is_short_for("VQA", "question answering"), is_short_for("a", "any")
    (True, False, False)
    """
    letters = [c for c in short.removesuffix("s").casefold() if c.isalnum()]
    text = long.casefold()
    if len(letters) < 2 or not any(map(str.isupper, short)) or len(text) <= len(short):
        return False
    at = len(text)
    for n in range(len(letters) - 1, -1, -1):
        at = text.rfind(letters[n], 0, at)
        while n == 0 and at > 0 and text[at - 1].isalnum():
            at = text.rfind(letters[n], 0, at)
        if at < 0:
            return False
    return True


def _singular(text: str) -> str:
    """The form without the ending of a plural. An 's' that is a capital, a size or all but the word itself stays."""
    word = re.split(r"[\s\-‐-―_/]", text)[-1]
    if word.isupper() and text.isupper() and len(word) > 4 and " " in text:
        text, word = text[:-1] + text[-1].lower(), word[:-1] + word[-1].lower()
    if len(word) > 4 and word.endswith(("ies", "ie")):
        return text[: text.rindex("ie")] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return text[:-2]
    if re.fullmatch(r"[A-Z][\w+]*[A-Z+]s", word):
        return text[:-1]
    plural = len(word) > 3 and word.endswith("s") and word[-2].isalpha() and not word.endswith(("ss", "us", "is"))
    return text[:-1] if plural else text
