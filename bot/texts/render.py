"""From a text key and values to the words on a channel.

`fr.yaml` holds each sentence with its variants: informal or formal, very simple, shorter for SMS. Sentences are
Jinja2 templates; a missing value is an error, found when the message is put in the outbox. Beside it, a file for
each other language holds the answers to danger (`bot.texts.languages`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Template, TemplateError

from bot.texts.filters import environment
from bot.texts.gsm import to_gsm
from bot.texts.languages import sentences_beside
from bot.texts.sentence import SEGMENTS_BY_DEFAULT, Sentence, TextError
from storage.vocabulary import Address, ChannelName, Language

__all__ = ["FRENCH", "FrenchTexts", "Reader", "Sentence", "TextError"]

FRENCH = Path(__file__).parent / "fr.yaml"
ANY_DAY = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Reader:
    """For whom a sentence is rendered, and when: how they are addressed, and where they live."""

    first_name: str = "Camille"
    referent: str | None = "Claire"
    structure: str = "la structure"
    phone: str | None = "01 00 00 00 00"
    address: Address = Address.VOUS
    very_simple: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    now: datetime = ANY_DAY


class FrenchTexts:
    """The sentences of one file, and of the other languages beside it, parsed and compiled at start.

    Raises TextError for a malformed entry.
    """

    def __init__(self, path: Path = FRENCH) -> None:
        entries: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        self._labels: dict[str, Any] = _flatten(entries.pop("labels", {}))
        self._environment = environment(Language.FR)
        french = {key: self._sentence(key, entry) for key, entry in entries.items()}
        self.sentences = french | sentences_beside(path, french)

    def _sentence(self, key: str, entry: dict[str, Any]) -> Sentence:
        variants = {
            place: self._environment.from_string(source.strip()) for place, source in _variants(entry)
        }
        if not {(address, False, False) for address in Address} <= variants.keys():
            raise TextError(f"{key}: needs tu and vous, or text, or staff")
        return Sentence(
            key,
            variants,
            entry.get("values", {}),
            entry.get("segments", SEGMENTS_BY_DEFAULT),
            "staff" in entry,
        )

    def check(self, key: str, values: Mapping[str, Any]) -> None:
        """Render every variant once. Raises TextError."""
        for template in self._get(key).variants.values():
            self._render(key, template, values, Reader())

    def render(self, key: str, values: Mapping[str, Any], reader: Reader, channel: ChannelName) -> str:
        """The words for this reader on this channel. Raises TextError."""
        sms = channel is ChannelName.SMS
        template = self._get(key).pick(reader.address, very_simple=reader.very_simple, sms=sms)
        words = self._render(key, template, values, reader)
        return to_gsm(words) if sms else words

    def label(self, key: str, address: Address = Address.VOUS) -> str:
        """A short label. Raises TextError."""
        try:
            label = self._labels[key]
        except KeyError as error:
            raise TextError(f"labels: no {key}") from error
        return str(label[address.value] if isinstance(label, dict) else label)

    def _get(self, key: str) -> Sentence:
        try:
            return self.sentences[key]
        except KeyError as error:
            raise TextError(f"no text {key}") from error

    def _render(self, key: str, template: Template, values: Mapping[str, Any], reader: Reader) -> str:
        known = {
            "first_name": reader.first_name,
            "structure": reader.structure,
            "phone": reader.phone,
            "zone": reader.zone,
            "now": reader.now,
            "label": lambda name: self.label(name, reader.address),
            "referent": reader.referent
            or ("ton référent" if reader.address is Address.TU else "votre référent"),
        }
        try:
            return template.render(known | dict(values)).strip()
        except (TemplateError, TypeError, ValueError) as error:
            raise TextError(f"{key}: {type(error).__name__}") from error


def _variants(entry: Mapping[str, Any]) -> Iterator[tuple[tuple[str, bool, bool], str]]:
    plain = entry.get("text") or entry.get("staff")
    places: list[tuple[Any, bool, bool]] = [
        (entry, False, False),
        (entry.get("simple"), True, False),
        (entry.get("sms"), False, True),
    ]
    for address in Address:
        if plain:
            yield (address, False, False), plain
        for source, very_simple, sms in places:
            words = source if isinstance(source, str) else (source or {}).get(address.value)
            if words:
                yield (address, very_simple, sms), words


def _flatten(labels: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, label in labels.items():
        if isinstance(label, dict) and set(label) != {"tu", "vous"}:
            flat |= _flatten(label, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = label
    return flat
