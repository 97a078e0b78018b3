"""The answers to danger in other languages than French, one file each beside `fr.yaml`.

    segments: how many SMS segments the longest may cost
    parts: {name: sentence}       what the texts include, so that a reader corrects each sentence once
    texts: {key: text}            one for each French key that begins with "danger.", under the same key

In the end each key bears its language: "danger.food.ar". They have no variants: a stranger is addressed politely in
every language, and the sentences are plain ones already.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.texts.filters import environment
from bot.texts.sentence import Sentence, TextError
from storage.vocabulary import Address, Language

TRANSLATED = "danger."
"""What the keys of the translated sentences begin with."""


def sentences_beside(french_file: Path, french: Mapping[str, Sentence]) -> dict[str, Sentence]:
    """The sentences of every language that has a file beside the French one. Raises TextError."""
    found: dict[str, Sentence] = {}
    for language in Language:
        file = french_file.with_name(f"{language}.yaml")
        if language is not Language.FR and file.is_file():
            found |= _sentences(file, language, french)
    return found


def _sentences(file: Path, language: Language, french: Mapping[str, Sentence]) -> dict[str, Sentence]:
    content: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    texts, made = content["texts"], environment(language, content["parts"])
    if texts.keys() != (wanted := {key for key in french if key.startswith(TRANSLATED)}):
        raise TextError(f"{file.name}: {', '.join(sorted(texts.keys() ^ wanted))}")
    return {
        f"{key}.{language}": Sentence(
            key=f"{key}.{language}",
            variants=dict.fromkeys(
                ((address, False, False) for address in Address), made.from_string(text.strip())
            ),
            values=french[key].values,
            segments=content["segments"],
            for_staff=False,
            language=language,
        )
        for key, text in texts.items()
    }
