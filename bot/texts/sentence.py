"""One sentence that is sent, with its variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Template

from storage.vocabulary import Address, Language

SEGMENTS_BY_DEFAULT = 2


class TextError(KeyError):
    """A sentence cannot be rendered: no such key, a variant or a value missing. The argument says which."""


@dataclass(frozen=True)
class Sentence:
    """One entry of the file. `variants` are keyed ("tu" or "vous", very simple, SMS)."""

    key: str
    variants: Mapping[tuple[str, bool, bool], Template]
    values: Mapping[str, Any]
    segments: int
    for_staff: bool
    language: Language = Language.FR

    def pick(self, address: Address, *, very_simple: bool, sms: bool) -> Template:
        """The nearest variant: very simple first, then SMS, then the plain one."""
        wanted = [(very_simple, sms), (very_simple, False), (False, sms), (False, False)]
        return next(self.variants[address, *pair] for pair in wanted if (address, *pair) in self.variants)
