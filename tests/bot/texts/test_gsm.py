"""The GSM 7-bit alphabet and its segments (3GPP TS 23.038)."""

import pytest

from bot.texts.gsm import fits_gsm, segments, to_gsm


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("ça va être bientôt Noël", "ca va etre bientot Noel"),
        ("l’œuvre « finie »…", 'l\'oeuvre " finie "...'),
        ("à é è ù Ç restent", "à é è ù Ç restent"),
        ("14\u202fh\u00a030", "14 h 30"),
    ],
)
def test_french_is_spelled_with_what_an_sms_carries(text: str, spelled: str) -> None:
    assert to_gsm(text) == spelled
    assert fits_gsm(to_gsm(text))


def test_what_has_no_spelling_is_left_as_it_is() -> None:
    assert to_gsm("Олекса 👍") == "Олекса 👍"


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("ê" * 70, 1), ("ê" * 71, 2), ("👍" * 35, 1), ("👍" * 36, 2), ("", 1)],
)  # fmt: skip
def test_segments_are_counted_as_the_network_bills_them(text: str, count: int) -> None:
    assert segments(text) == count
