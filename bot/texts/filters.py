"""How sentences tell days, hours and figures, in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial

from babel.dates import format_date
from jinja2 import DictLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from actions.rules.when import format_day
from storage.vocabulary import Language

_DAYS = {Language.ES: "EEEE d 'de' MMMM", Language.PT: "EEEE, d 'de' MMMM"}
_DAY = "EEEE d MMMM"
_COMMAS = {Language.AR: "\u060c"}


def environment(language: Language, parts: Mapping[str, str] | None = None) -> SandboxedEnvironment:
    """Where the sentences of a language are compiled; `parts` are what they may include."""
    made = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, loader=DictLoader(dict(parts or {}))
    )
    made.filters.update(day=_day, hour=_hour, moment=_moment, hours=_hours, count=_count)
    if language is not Language.FR:
        made.filters.update(hour=_digital_hour, moment=_moment_in(language))
    return made


@pass_context
def _digital_hour(context: Context, at: datetime) -> str:
    local = _local(context, at)
    return f"{local.hour}:{local.minute:02d}"


def _moment_in(language: Language) -> Callable[[Context, datetime], str]:
    return pass_context(partial(_tell_moment, language))


def _tell_moment(language: Language, context: Context, at: datetime) -> str:
    pattern = _DAYS.get(language, _DAY)
    day = format_date(_local(context, at).date(), pattern, locale=language.value)
    return f"{day}{_COMMAS.get(language, ',')} {_digital_hour(context, at)}"


def _local(context: Context, at: datetime) -> datetime:
    return at.astimezone(context["zone"])


@pass_context
def _day(context: Context, at: date) -> str:
    today = _local(context, context["now"]).date()
    return format_day(_local(context, at).date() if isinstance(at, datetime) else at, today)


@pass_context
def _hour(context: Context, at: datetime) -> str:
    local = _local(context, at)
    return f"{local.hour} h" if local.minute == 0 else f"{local.hour} h {local.minute:02d}"


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return f"{_day(context, at)} à {_hour(context, at)}"


def _hours(hours: float) -> str:
    whole, minutes = divmod(round(hours * 60), 60)
    if whole == 0:
        return f"{minutes} min"
    return f"{whole} h" if minutes == 0 else f"{whole} h {minutes:02d}"


def _count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number} {singular if number < 2 else plural or singular + 's'}"
