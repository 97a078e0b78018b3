"""Telephone numbers as they are written in mainland France and overseas."""

import pytest

from actions.rules.phones import normalise_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("06 00 00 00 01", "+33600000001"),
        ("0600000001", "+33600000001"),
        ("+33 6 00 00 00 01", "+33600000001"),
        ("0033600000001", "+33600000001"),
        ("0692 00 00 01", "+262692000001"),
        ("0690 00 00 01", "+590690000001"),
        ("0696 00 00 01", "+596696000001"),
        ("0694 20 00 01", "+594694200001"),
        ("0639 00 00 01", "+262639000001"),
    ],
)
def test_a_number_is_read_in_the_region_where_it_is_valid(written: str, number: str) -> None:
    assert normalise_phone(written) == number


@pytest.mark.parametrize("written", ["", "12", "numéro", "06 39 98", "0000000000", "+33"])
def test_what_is_no_number_is_refused(written: str) -> None:
    assert normalise_phone(written) is None
