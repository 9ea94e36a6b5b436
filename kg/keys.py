"""A surface form -> the key under which its spellings are one; a type and a form -> a node id."""

import re
import unicodedata

_DETERMINER = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-‐-―_/]+")
_LATEX = re.compile(r"\\(?:text(?:sc|bf|it|tt|rm|sf)?|emph|mathrm|mathbf)\s*\{([^{}]*)\}|[${}\\]")


def normalise(form: str) -> str:
    """The key of a surface form: case, hyphens, spaces, LaTeX and a plural do not count; digits, dots and signs do.

    A separator between two digits stays, so that 'LLaMA-2-7B' is no 'LLaMA-27B'.

    >>> normalise("GSM-8K"), normalise("gsm8k"), normalise("Large Language Models")
    ('gsm8k', 'gsm8k', 'largelanguagemodel')
    >>> normalise("LLaMA-2-7B"), normalise("CIFAR-10"), normalise("F0.5"), normalise("F5")
    ('llama2-7b', 'cifar10', 'f0.5', 'f5')
    """
    text = _LATEX.sub(lambda m: m[1] or "", unicodedata.normalize("NFKC", form)).casefold().strip(" .,;:'\"`()")
    text = _DETERMINER.sub("", text)
    text = re.sub(r"(?<=\d)[\s\-‐-―_/]+(?=\d)", "\x00", text)
    text = _SEPARATORS.sub("", text).replace("\x00", "-")
    plural = len(text) > 3 and text.endswith("s") and not text.endswith(("ss", "us", "is"))
    return text[:-1] if plural else text or form


def entity_id(type: str, form: str) -> str:
    """The id of an entity's node, minted from its type and a form.

    >>> entity_id("Dataset", "GSM-8K")
    'dataset:gsm8k'
    """
    return f"{type.lower()}:{normalise(form)}"
