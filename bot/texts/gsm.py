"""SMS encoding: what fits the GSM 7-bit default alphabet (3GPP TS 23.038), and how many segments a text costs.

One character outside it turns the whole message into UCS-2: 70 characters a segment instead of 160.
"""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
SPELLED = {
    "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "…": "...", "–": "-", "—": "-", "•": "-",
    "œ": "oe", "Œ": "OE", "ç": "c", "\u00a0": " ", "\u202f": " ", "·": ".", "→": "->",
}  # fmt: skip

ONE_SEGMENT, SEVERAL_SEGMENTS = 160, 153
ONE_SEGMENT_UCS2, SEVERAL_SEGMENTS_UCS2 = 70, 67


def to_gsm(text: str) -> str:
    """Spell `text` with GSM 7-bit characters where a plain French spelling exists: "à ç ê œ" → "à c e oe"."""
    spelled = "".join(SPELLED.get(char, char) for char in unicodedata.normalize("NFC", text))
    return "".join(_plain(char) for char in spelled)


def _plain(char: str) -> str:
    if char in BASIC or char in EXTENDED:
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if base in BASIC else char


def fits_gsm(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet."""
    return all(char in BASIC or char in EXTENDED for char in text)


def segments(text: str) -> int:
    """How many SMS segments `text` costs (an extended character counts for two)."""
    if fits_gsm(text):
        length = sum(2 if char in EXTENDED else 1 for char in text)
        one, several = ONE_SEGMENT, SEVERAL_SEGMENTS
    else:
        length = len(text.encode("utf-16-be")) // 2
        one, several = ONE_SEGMENT_UCS2, SEVERAL_SEGMENTS_UCS2
    return 1 if length <= one else -(-length // several)
