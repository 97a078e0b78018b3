"""Lists of people as spreadsheets export them, good and bad."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.people_csv import Unreadable, decoded, read_entry, read_lines
from storage.vocabulary import Address

HEADER = "Prénom;Nom;Référent;Téléphone;Heures;Vouvoiement;Simple\n"


def entries(text: str) -> list[object]:
    return [read_entry(line) for line in read_lines(text)]


def refusal(text: str) -> str:
    with pytest.raises(Unreadable) as refused:
        entries(text)
    return str(refused.value)


def test_a_full_line_is_read() -> None:
    (line,) = read_lines(HEADER + "Awa; Démo ;Claire;06 00 00 00 01;7,5;non;oui\n")
    entry = read_entry(line)
    assert (entry.first_name, entry.last_name, entry.referent) == ("Awa", "Démo", "claire")
    assert (entry.phone, entry.hours) == ("+33600000001", 7.5)
    assert (entry.address, entry.very_simple) == (Address.TU, True)


def test_what_is_not_said_takes_the_usual_values() -> None:
    (line,) = read_lines("nom,prenom\nDémo,Awa\n")
    entry = read_entry(line)
    assert (entry.referent, entry.phone, entry.hours) == (None, None, 15.0)
    assert (entry.address, entry.very_simple, entry.time_zone) == (Address.VOUS, False, None)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "prenom;nom;telephone\nAwa;Démo;0600000001\n".replace(";", delimiter)
    assert len(entries(text)) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_letters_of_excel_and_of_others_are_read(encoding: str) -> None:
    (line,) = read_lines(decoded((HEADER + "Zoé;Démo\n").encode(encoding)))
    assert read_entry(line).first_name == "Zoé"


def test_lines_are_numbered_as_the_spreadsheet_shows_them() -> None:
    text = 'prenom;nom\nAwa;Démo\n\n"Jean\nPaul";Démo\nLina;Démo\n'
    assert [line.number for line in read_lines(text)] == [2, 4, 6]


def test_a_number_without_its_zero_is_mended() -> None:
    (line,) = read_lines("prenom;nom;tel\nAwa;Démo;600000001\n")
    assert read_entry(line).phone == "+33600000001"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";Démo", "prénom manque"),
        ("Awa;", "nom manque"),
        ("Awa;123", "nom n'est pas lisible"),
        ("Awa;Démo;;12", "téléphone n'est pas valable"),
        ("Awa;Démo;;6,12E+08", "abîmé par le tableur"),
        ("Awa;Démo;;;zéro", "heures par semaine"),
        ("Awa;Démo;;;0", "heures par semaine"),
        ("Awa;Démo;;;99", "heures par semaine"),
        ("Awa;Démo;;;;peut-être", "oui ou non"),
    ],
)
def test_a_bad_line_says_what_is_wrong_in_french(row: str, reason: str) -> None:
    assert reason in refusal(HEADER + row + "\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "vide"),
        ("\n\n", "vide"),
        ("a;b;c\n1;2;3\n", "il manque : prenom, nom"),
        ("prenom;nom\n" + "Awa;Démo\n" * 2001, "plus de 2000 lignes"),
        ('prenom;nom\nAwa;"' + "a" * 140_000, "vers la ligne 2"),
    ],
)
def test_a_bad_file_says_what_is_wrong_in_french(text: str, reason: str) -> None:
    assert reason in refusal(text)


def test_a_workbook_is_not_taken_for_a_csv() -> None:
    with pytest.raises(Unreadable, match="CSV"):
        decoded(b"PK\x03\x04\x00\x00")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(Unreadable, match="trop gros"):
        decoded(b"a" * 1_000_001)


@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        for line in read_lines(decoded(content)):
            assert read_entry(line).first_name
