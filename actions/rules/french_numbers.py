"""Numbers that people spell out: "vingt-quatre" → "24", in text that is already folded.

"un" and "une" alone stay words: they are articles at least as often as numbers.
"""

import re

_UNITS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
_TEENS = {"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16}
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_TYPED = {
    "deu": 2, "dex": 2, "troi": 3, "troix": 3, "quatr": 4, "katre": 4, "katr": 4, "sinq": 5, "cinque": 5, "sink": 5,
    "sis": 6, "siz": 6, "uit": 8, "huite": 8, "neuff": 9, "diz": 10, "onz": 11, "douz": 12, "trez": 13,
    "quatorz": 14, "katorze": 14, "kinze": 15, "quinz": 15, "sez": 16, "ving": 20, "vint": 20, "trent": 30,
    "quarente": 40, "soissante": 60,
}  # fmt: skip
_VALUES = {**_UNITS, **_TEENS, **_TENS, **_TYPED, "cent": 100, "cents": 100}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
# "du neuf", "tout neuf", "quoi de neuf", "remise à neuf": new, unless an hour, a month or a range goes on.
_NEW = (
    r"(?:(?<=\btout )|(?<=\bquoi de )|(?<=\brien de )|(?<=\bremis a )|(?<=\bremise a ))neuf\b(?! h)"
    r"|(?<=\bdu )neuf\b(?! (?:h|a|au|et|ou|de|janv|fev|mars|avr|mai|jui|ao|sept|oct|nov|dec))"
)
_RUN = re.compile(rf"\b(?!{_NEW})(?:{_WORD})(?: (?:et )?(?:{_WORD}|une?(?= |$)))*\b")


def write_digits(text: str) -> str:
    """The text with spelled-out numbers in digits; "deux trois" stays two numbers."""
    return _RUN.sub(lambda found: _compose(found[0].split()), text)


def _compose(words: list[str]) -> str:
    out: list[str] = []
    total: int | None = None
    for index, word in enumerate(words):
        value = _VALUES.get(word, 1 if word in ("un", "une") else None)
        if value is None:  # "et": part of "vingt et un", else a plain word
            if not (total in (20, 30, 40, 50, 60) and words[index + 1] in ("un", "une", "onze")):
                out += [*_flush(total), word]
                total = None
            continue
        joined = None if total is None else _join(total, value)
        if joined is None:
            out += _flush(total)
            total = value if word not in ("un", "une") else None
            out += [word] if total is None else []
        else:
            total = joined
    return " ".join(out + _flush(total))


def _flush(total: int | None) -> list[str]:
    return [] if total is None else [str(total)]


def _join(total: int, value: int) -> int | None:
    """What "total value" says as one number ("quatre" "vingt" → 80), None where they are two numbers."""
    if value == 100:
        return total * 100 if 1 < total < 10 else None
    if total == 4 and value == 20:
        return 80
    rest = total % 100
    if rest == 0 and total > 0 and value < 100:
        return total + value
    if (
        (rest == 10 and value in (7, 8, 9))
        or (rest in (20, 30, 40, 50) and value < 10)
        or (rest in (60, 80) and value < 20)
    ):
        return total + value
    return None
