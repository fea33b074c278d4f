"""Taking the name of somebody who was erased out of what others wrote (GDPR article 17).

Who made a photo keeps being told, whoever asks to be erased: to be named as the maker is a right of its own
(Dutch Copyright Act, article 25).
"""

import re
import unicodedata
from dataclasses import replace

from appliance.domain.descriptions import Description

LEFT_OUT = "[…]"


def without_name(text: str, name: str) -> str:
    """The text with each mention of a full name left out, however it is accented, capitalised or divided."""
    words = [re.escape(_plain(word)) for word in name.split()]
    if not words:
        return text
    parts = [_plain(c) for c in text]
    places = [place for place, part in enumerate(parts) for _ in part]  # of each letter that is searched
    mention = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(words) + r"(?![^\W_])")
    kept, upto = [], 0
    for found in mention.finditer("".join(parts)):
        kept += [text[upto : places[found.start()]], LEFT_OUT]
        upto = places[found.end() - 1] + 1
        while upto < len(text) and unicodedata.combining(text[upto]):
            upto += 1
    return "".join((*kept, text[upto:]))


def description_without(described: Description, name: str) -> Description:
    """What is told of a photo, without a name; a keyword that has it goes."""
    return replace(
        described,
        title=without_name(described.title, name),
        caption=without_name(described.caption, name),
        keywords=tuple(word for word in described.keywords if without_name(word, name) == word),
    )


def _plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
