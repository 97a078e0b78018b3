"""A list of people as a spreadsheet exports it: which columns are which, and what each line says.

Excel in French writes semicolons and Windows letters; others write commas and UTF-8. Both are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actions.rules.folding import fold
from actions.rules.phones import normalise_phone
from storage.vocabulary import Address

LONGEST_FILE = 1_000_000
MOST_LINES = 2_000
MOST_HOURS = 60.0
USUAL_HOURS = 15.0
"""Hours a week where the line says none: the usual target (French law for full employment, December 2023)."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("prenom", "prenoms"),
    "last_name": ("nom", "nom de famille"),
    "referent": ("referent", "referente", "conseiller", "conseillere", "identifiant du referent"),
    "phone": ("telephone", "tel", "portable", "mobile", "numero"),
    "hours": ("heures", "heures par semaine", "objectif"),
    "formal": ("vouvoiement", "vous"),
    "very_simple": ("simple", "tres simple"),
    "time_zone": ("fuseau", "fuseau horaire"),
}
NEEDED = {"first_name": "prenom", "last_name": "nom"}
_YES = frozenset({"oui", "o", "x", "1", "vrai", "yes"})
_NO = frozenset({"non", "n", "0", "faux", "no", ""})
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?e\+?\d+$", re.IGNORECASE)


class Unreadable(ValueError):
    """The file, or a line of it, cannot be used; the argument is a French sentence saying why."""


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, and its cells by our names."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One person as a line describes them. `referent` is a login, None where the line names nobody."""

    first_name: str
    last_name: str
    referent: str | None
    phone: str | None
    hours: float
    address: Address
    very_simple: bool
    time_zone: str | None


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, else in Windows-1252. Raises Unreadable where it is too big or no text."""
    if len(content) > LONGEST_FILE:
        raise Unreadable("Le fichier est trop gros (1 Mo au plus).")
    if b"\0" in content:
        raise Unreadable("Ce n'est pas un fichier CSV : enregistrez la feuille au format CSV.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_lines(text: str) -> Iterator[Line]:
    """The lines that hold something, after the header. Raises Unreadable for a header we cannot use."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    names: list[str | None] | None = None
    seen = 0
    for number, cells in _rows(text, delimiter):
        if names is None:
            names = _names(cells)
            continue
        seen += 1
        if seen > MOST_LINES:
            raise Unreadable(f"Le fichier a plus de {MOST_LINES} lignes : coupez-le en plusieurs.")
        yield Line(number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name})
    if names is None:
        raise Unreadable("Le fichier est vide.")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise Unreadable(f"Le fichier est abîmé vers la ligne {begins} : vérifiez les guillemets.") from None


def _names(header: Sequence[str]) -> list[str | None]:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    names = [known.get(re.sub(r"[^a-z]+", " ", fold(cell)).strip()) for cell in header]
    missing = [french for name, french in NEEDED.items() if name not in names]
    if missing:
        raise Unreadable(f"La première ligne doit nommer les colonnes ; il manque : {', '.join(missing)}.")
    return names


def read_entry(line: Line) -> Entry:
    """What a line says of a person. Raises Unreadable with the first thing that is wrong."""
    cells = line.cells
    return Entry(
        first_name=read_name(cells.get("first_name", ""), "prénom"),
        last_name=read_name(cells.get("last_name", ""), "nom"),
        referent=cells.get("referent", "").casefold() or None,
        phone=read_phone(cells.get("phone", "")),
        hours=read_hours(cells.get("hours", "")),
        address=Address.VOUS
        if _yes_or_no(cells.get("formal", "oui") or "oui", "vouvoiement")
        else Address.TU,
        very_simple=_yes_or_no(cells.get("very_simple", ""), "simple"),
        time_zone=cells.get("time_zone") or None,
    )


def read_name(written: str, what: str) -> str:
    """A name with single spaces. Raises Unreadable."""
    name = " ".join(written.split())
    if not name:
        raise Unreadable(f"Le {what} manque.")
    if len(name) > 80 or not name.isprintable() or not any(char.isalpha() for char in name):
        raise Unreadable(f"Le {what} n'est pas lisible.")
    return name


def read_phone(written: str) -> str | None:
    """The number in E.164, None where none is given. Raises Unreadable."""
    if not written.strip():
        return None
    if _SCIENTIFIC.match(written.strip()):
        raise Unreadable(
            "Le numéro de téléphone a été abîmé par le tableur : mettez la colonne au format texte."
        )
    # A spreadsheet drops the leading zero of a number it takes for an amount.
    padded = f"0{written.strip()}" if re.fullmatch(r"[1-9]\d{8}", written.strip()) else written
    phone = normalise_phone(padded)
    if phone is None:
        raise Unreadable("Le numéro de téléphone n'est pas valable.")
    return phone


def read_hours(written: str) -> float:
    """The hours a week, the usual target where none are given. Raises Unreadable."""
    if not written.strip():
        return USUAL_HOURS
    found = re.fullmatch(r"(\d{1,2}(?:[.,]\d{1,2})?) ?(?:h|heures?)?", written.strip().casefold())
    hours = float(found[1].replace(",", ".")) if found else 0.0
    if not 0 < hours <= MOST_HOURS:
        raise Unreadable(f"Les heures par semaine vont de 1 à {MOST_HOURS:g}.")
    return hours


def _yes_or_no(written: str, column: str) -> bool:
    folded = fold(written)
    if folded not in _YES | _NO:
        raise Unreadable(f"La colonne {column} attend oui ou non.")
    return folded in _YES
