"""One reading of a message, whatever the thumb, the keyboard and the telephone made of it.

`spell_out` keeps accents and apostrophes (for the sentence embedding); `fold` is its bare form (for n-grams).
Of 1,001 real French SMS, 17.8 % of the words differ from their normal form and one accent in two is missing:
a spelling that training never saw must still fall on one it did.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml

SMS_TABLE = Path(__file__).with_name("sms_fr.yaml")

# Curly, modifier and prime forms that telephones put for ' - and "; ligatures that NFKC leaves alone.
_SAME_SIGN = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´`′＇ʹ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„«»", '"'),
        "œ": "oe",
        "Œ": "Oe",
        "æ": "ae",
        "Æ": "Ae",
    }
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]")
# No French word holds three times the same letter ("créée" has two different ones): one is enough.
_ELONGATION = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_REPEATED_SIGN = re.compile(r"([^\w\s])\1+")
# "j ai", "c est", "l adresse": the apostrophe forgotten, not a measure ("3 m environ").
_LOST_APOSTROPHE = re.compile(
    r"(?<!\w)(?<!\d )(?:([djlmns]) (?=[aeiouyhàâéèêëîôù]\w)|(c) (?=(?:est|etait|était)\b)|(t) (?=(?:as|es|ai)\b))"
)
# "jpeux", "j'peux": no French word begins with j and a consonant.
_J_GLUED = re.compile(r"(?<![\w'])j'?(?=[bcdfgklmnpqrstvxz]\w)", re.IGNORECASE)
# Not an elision ("c'est"), not a unit ("500 g"), not a countdown ("j-3").
_WORD = re.compile(r"(?<!\w)(?!(?<=\d )[a-z]\b)[^\W_]+(?!['\w]|[-+]\d)")
_SEE_YOU = re.compile(r"(?<!\w)[a@]\+(?!\w)")
_SIGN = re.compile(r"[^\w\s]|_")


def clean(text: str) -> str:
    """The same visible text without what cannot be seen: NUL, zero width, lone surrogates, fancy letter forms."""
    visible = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode())
    visible = _VARIATION_SELECTORS.sub("", visible.translate(_SAME_SIGN))
    kept = (_visible_or_space(sign) for sign in visible)
    return " ".join("".join(kept).split())


def spell_out(text: str) -> str:
    """Lower case, single letters for "saluuuut", phone spellings written in full; accents are kept."""
    lowered = _ELONGATION.sub(r"\1", clean(text).lower())
    lowered = _SEE_YOU.sub("à plus", _REPEATED_SIGN.sub(r"\1", lowered))
    elided = _LOST_APOSTROPHE.sub(lambda found: f"{found[0].strip()}'", lowered)
    full = _WORD.sub(_in_full, elided)
    return _WORD.sub(_in_full, _J_GLUED.sub("je ", full))


def fold(text: str) -> str:
    """`spell_out` without accents, apostrophes or punctuation; emoji, ? and ! stand alone."""
    return " ".join(_SIGN.sub(_alone_or_space, strip_accents(spell_out(text))).split())


def strip_accents(text: str) -> str:
    """Every base letter without its diacritics."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: the beginning and the end, where people say what they want."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half].rpartition(' ')[0] or text[:half]} {text[-half:].partition(' ')[2] or text[-half:]}"


@lru_cache(maxsize=1)
def sms_table() -> dict[str, str]:
    """Phone spelling to plain French, from `sms_fr.yaml`; the groups of the file are for its readers."""
    groups = yaml.safe_load(SMS_TABLE.read_text(encoding="utf-8"))
    return {str(short): full for group in groups.values() for short, full in group.items()}


def _visible_or_space(sign: str) -> str:
    if sign in "\n\r\t":
        return " "
    return "" if unicodedata.category(sign) in _INVISIBLE else sign


def _alone_or_space(sign: re.Match[str]) -> str:
    speaks = sign[0] in "?!" or unicodedata.category(sign[0]) == "So"
    return f" {sign[0]} " if speaks else " "


def _in_full(match: re.Match[str]) -> str:
    return sms_table().get(strip_accents(match[0]), match[0])
