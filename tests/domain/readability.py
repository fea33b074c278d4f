"""How hard a text is to read, by the usual measures; syllables are counted by spelling: near enough."""

import re

from appliance.domain.wording import Language

# One vowel sound each in Dutch, the longest first; a vowel with a trema begins a syllable of its own.
_DUTCH = re.compile(
    r"ieuw|ieu|eeu|aai|ooi|oei|eau|aa|ee|ie|oe|oo|uu|eu|ui|ei|ij|ou|au|ai|oi|[aeiouyàáâäèéêëìíîïòóôöùúûü]"
)
_ENGLISH = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[^.!?:\n]+[.!?:\n]*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a colon and the end of a line end one too."""
    found = (_WORD.findall(sentence) for sentence in _SENTENCE.findall(text))
    return [words for words in found if words]


def syllables(word: str, language: Language) -> int:
    """How many syllables a word has, at least one."""
    small = word.lower()
    if language is Language.DUTCH:
        return max(1, len(_DUTCH.findall(small)))
    silent = small.endswith("e") and not small.endswith("le")
    silent = silent or (small.endswith("ed") and not small.endswith(("ted", "ded")))
    return max(1, len(_ENGLISH.findall(small)) - silent)


def reading_ease(text: str, language: Language) -> float:
    """Flesch reading ease for English (1948), Flesch-Douma for Dutch (1960): 100 is very easy, 0 very hard.

    About 60 and up is plain language: what most people read with ease, B1 in the European framework.
    """
    split = sentences(text)
    words = [word for sentence in split for word in sentence]
    length = len(words) / len(split)
    each = sum(syllables(word, language) for word in words) / len(words)
    if language is Language.DUTCH:
        return 206.84 - 0.93 * length - 77 * each
    return 206.835 - 1.015 * length - 84.6 * each
