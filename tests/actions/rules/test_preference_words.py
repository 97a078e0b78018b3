"""What people ask to change in how they are written to, in their own words."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.preference_words import EARLIEST, LATEST, Wish, WishKind, find_wishes


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("tu peux me tutoyer", {WishKind.TU}),
        ("arrete de me vouvoyer jai 19 ans", {WishKind.TU}),
        ("tutoie moi stp ça fait vieux le vous", {WishKind.TU}),
        ("Vouvoyez-moi s'il vous plaît", {WishKind.VOUS}),
        ("arrêtez de me tutoyer", {WishKind.VOUS}),
        ("le tutoiement me gêne un peu à mon âge", {WishKind.VOUS}),
        ("dites vous, pas tu", {WishKind.VOUS}),
        ("des phrases plus simples s'il vous plait", {WishKind.SIMPLE}),
        ("trop long tes messages fais court", {WishKind.SIMPLE}),
        ("j'ai du mal à lire", {WishKind.SIMPLE}),
        ("remettez les messages normaux", {WishKind.PLAIN}),
        ("moins de messages", {WishKind.FEWER}),
        ("1 msg par semaine max", {WishKind.FEWER}),
        ("garde que les rappels, enleve les encouragements", {WishKind.FEWER}),
        ("plus souvent stp j'oublie tout", {WishKind.MORE}),
        ("parle moi en arabe", {WishKind.LANGUAGE}),
        ("j'ai changé de numéro", {WishKind.CONTACT}),
        ("je veux passer sur telegram", {WishKind.CONTACT}),
        ("appelle moi Momo", {WishKind.OTHER}),
        ("pas de messages le dimanche", {WishKind.OTHER}),
        (
            "je ne lis pas bien le français, écrivez en turc et plus simple",
            {WishKind.SIMPLE, WishKind.LANGUAGE},
        ),
        ("changer mes réglages", set()),
        ("bonjour", set()),
    ],
)
def test_a_wish_is_found_in_plain_words(words: str, kinds: set[WishKind]) -> None:
    assert {wish.kind for wish in find_wishes(words)} == kinds


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("pas avant 10h", time(10), None),
        ("ne m'écris pas avant 9h30 je dors", time(9, 30), None),
        ("pas apres 20h", None, time(20)),
        ("Pas de message après vingt heures, les petits dorment.", None, time(20)),
        ("après 18h seulement", time(18), None),
        ("entre 10h et 12h svp", time(10), time(12)),
        ("de 14 heures à 17 heures", time(14), time(17)),
        ("seulement avant 11h", None, time(11)),
        ("le soir c'est mieux pour moi", time(18), time(21)),
        ("ecrivez moi l'après midi", time(13), time(18)),
        ("le matin", time(8), time(12)),
        ("pas le matin", time(12), None),
        ("pas le soir", None, time(18)),
        ("écrivez moi plutot vers midi", time(12), time(14)),
        ("je travaille de nuit alors envoyez les messages vers 16h", time(16), time(18)),
        ("les rappels a 8h c'est trop tôt mettez 11h", time(11), time(13)),
    ],
)
def test_hours_are_read_from_the_words(words: str, begins: time | None, ends: time | None) -> None:
    assert Wish(WishKind.HOURS, begins, ends) in find_wishes(words)


@pytest.mark.parametrize("words", ["pas avant 23h", "entre 3h et 5h", "seulement avant 6h", "pas avant 99h"])
def test_hours_in_the_night_are_asked_again(words: str) -> None:
    assert not any(wish.kind is WishKind.HOURS for wish in find_wishes(words))


def test_days_of_the_week_are_left_to_a_human_even_with_an_hour() -> None:
    assert [wish.kind for wish in find_wishes("uniquement le lundi matin")] == [WishKind.OTHER]


@given(st.text(max_size=200))
def test_any_text_gives_hours_within_reason(text: str) -> None:
    for wish in find_wishes(text):
        assert EARLIEST <= (wish.waking_from or EARLIEST) < (wish.waking_until or LATEST) <= LATEST
