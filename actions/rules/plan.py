"""The plan, as pure rules: which step a report belongs to, when a step is done, what comes next, a week's hours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from actions.rules.folding import expand_sms, fold
from storage.vocabulary import Activity, DemarcheStatus, ProgressStatus

OPEN = frozenset(
    {DemarcheStatus.PROPOSED, DemarcheStatus.TO_DO, DemarcheStatus.IN_PROGRESS, DemarcheStatus.STANDBY}
)
"""Statuses of a step that can still move."""

DONE_AT_ONCE = frozenset(
    {
        Activity.CV_LETTER,
        Activity.JOB_INTERVIEW,
        Activity.WORKSHOP,
        Activity.ADMIN_STEP,
        Activity.HEALTH_STEP,
        Activity.MOBILITY_STEP,
        Activity.HOUSING_STEP,
        Activity.FAMILY_STEP,
        Activity.SKILLS_ASSESSMENT,
        Activity.COMPANY_VISIT,
    }
)
"""Activities usually over once they are done; the others go on for weeks. Two steps of these are rarely the same."""

DISCREET = frozenset({Activity.HEALTH_STEP, Activity.FAMILY_STEP})
"""Activities whose step is not named in an answer: somebody else may read the lock screen."""

REACHED_BY_NEWS = frozenset({Activity.JOB, Activity.HOUSING_STEP, Activity.MOBILITY_STEP})
"""What good news may end: an interview obtained is not yet an interview passed, a place is not a training done."""

_SMALL_WORDS = (
    "ai as au aux avec avoir bien bon bonjour ce ces cet cette chez ca dans des deja deux donc du elle elles en encore"
    " est et ete etre eu fait faire faites fini finie termine hier il ils je jour jours la le les leur lui ma mais matin"
    " me merci mes moi mon nous on ont ou par pas plus pour premier que qui sa salut se semaine ses son sont suis sur"
    " ta te tes toi ton tout toute tres trois trop un une vais vos votre vous voila aujourd hui demain soir apres midi"
    " lundi mardi mercredi jeudi vendredi samedi dimanche heure heures etape demarche passe passer refaire trouver"
    " envoye envoyer mettre aller alle suite faut dois doit peux peut veux voudrais rdv rendez"
)
_STOP = frozenset(_SMALL_WORDS.split())
_SHORT = frozenset({"cv", "ce1", "b1", "b2", "a1", "a2"})
_STEM = 6

_OVER = r"(?:fini|finie|finies|finis|termine|terminee|terminees|termines|boucle|bouclee|acheve|achevee)"
_FINISHED = re.compile(
    rf"(?:\b(?:ai|a|est|sont|avons|suis|tout|enfin|voila)(?: \w+)? |^){_OVER}\b"
    r"|\bc est (?:tout )?(?:bon|fait|regle|boucle)\b|\bca y est\b"
)
_NOT_YET = re.compile(rf"\b(?:pas|jamais|presque|bientot|quasi\w*|moitie)\b(?: \w+){{0,2}} {_OVER}\b")
_MORE = re.compile(r"\b(?:de plus|en plus|encore|autres?|aussi|supplementaires?|nouvelles?|nouveaux?)\b")
_OF_THEM = re.compile(r"\bj en (?:ai|avais) ")


@dataclass(frozen=True)
class Step:
    """A step of the plan as the rules see it. `done` counts what was reported, of `target` items."""

    id: UUID
    title: str
    activity: Activity | None
    status: DemarcheStatus
    target: int | None
    done: int
    due_on: date | None
    created_at: datetime


@dataclass(frozen=True)
class Fit:
    """The steps that a report may belong to. Only one that is `sure` is taken without asking."""

    steps: tuple[Step, ...] = ()
    sure: bool = False

    @property
    def only(self) -> Step | None:
        """The one step it belongs to, when there is no doubt."""
        return self.steps[0] if self.sure and len(self.steps) == 1 else None


@dataclass(frozen=True)
class WeekHours:
    """Hours of one week: declared or validated, the target (null where none is set), and whether it is asked for."""

    done: float
    target: float | None
    exempt: bool

    @property
    def asked(self) -> float | None:
        """The target to compare with, null for somebody exempt: their hours are shown without a demand."""
        return None if self.exempt else self.target


def week_on(day: date) -> date:
    """The Monday of the week of `day`: a week runs Monday to Sunday, in local days."""
    return day - timedelta(days=day.weekday())


def find_steps(activity: Activity | None, text: str, steps: Sequence[Step]) -> Fit:
    """Which open steps a report belongs to: same activity first, then the words of the title.

    A step that shares the activity but not one word, where both say more than the activity, is not sure:
    "ma carte d'identité" is no "dossier CAF" though both are formalities.
    """
    words = telling_words(text)
    same = [step for step in steps if activity is not None and step.activity is activity]
    near = same or [step for step in steps if _named(step, activity, words)]
    closest = _closest(near, words)
    return Fit(tuple(closest), sure=len(closest) == 1 and not _doubtful(closest[0], words))


def _named(step: Step, activity: Activity | None, words: frozenset[str]) -> bool:
    shared = len(words & telling_words(step.title))
    return shared >= (1 if activity is None or step.activity is None else 2)


def _closest(steps: Sequence[Step], words: frozenset[str]) -> list[Step]:
    shared = {step.id: len(words & telling_words(step.title)) for step in steps}
    best = max(shared.values(), default=0)
    return [step for step in steps if shared[step.id] == best]


def _doubtful(step: Step, words: frozenset[str]) -> bool:
    title = telling_words(step.title)
    return step.activity in DONE_AT_ONCE and bool(words) and bool(title) and not words & title


def telling_words(text: str) -> frozenset[str]:
    """The words that tell one step from another, without accents, endings and small words."""
    found = re.findall(r"[a-z0-9]+", expand_sms(fold(text)))
    return frozenset(
        word[:_STEM].rstrip("sx")
        for word in found
        if word in _SHORT or (len(word) > 2 and word not in _STOP and not word.isdigit())
    )


def says_finished(text: str) -> bool:
    """Whether the words say that something is over ("j'ai fini", "c'est fait"), not merely that it was done."""
    words = expand_sms(fold(text))
    return bool(_FINISHED.search(words)) and not _NOT_YET.search(words)


def says_more(text: str) -> bool:
    """Whether the words say that this comes on top of what was reported before ("3 de plus")."""
    return bool(_MORE.search(expand_sms(fold(text))))


def says_of_them(text: str) -> bool:
    """Whether the words count what was just spoken of, without naming it ("j'en ai fait 2")."""
    return bool(_OF_THEM.search(expand_sms(fold(text))))


def is_done(target: int | None, done: int, *, finished: bool, counted: bool) -> bool:
    """Whether a step is done: its count is reached, or the person says so without counting ("j'ai fini")."""
    return (target is not None and done >= target) or (finished and not counted)


def status_after(status: DemarcheStatus, *, done: bool) -> DemarcheStatus:
    """The status of a step once something was reported for it. What the referent has not accepted stays proposed."""
    if status is DemarcheStatus.PROPOSED:
        return status
    return DemarcheStatus.DONE if done else DemarcheStatus.IN_PROGRESS


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps as they are to be done: the nearest date first, then the oldest; what is blocked or proposed last."""
    return sorted(
        steps,
        key=lambda step: (
            step.status in (DemarcheStatus.STANDBY, DemarcheStatus.PROPOSED),
            step.due_on is None,
            step.due_on or date.max,
            step.created_at,
        ),
    )


def next_step(steps: Iterable[Step]) -> Step | None:
    """The step to take now, or None where nothing waits for the person."""
    waiting = [step for step in in_order(steps) if step.status is not DemarcheStatus.PROPOSED]
    return waiting[0] if waiting else None


def week_hours(
    entries: Iterable[tuple[float | None, ProgressStatus]],
    target: float | None,
    exempt_until: date | None,
    today: date,
) -> WeekHours:
    """Sum the hours of one week's entries (those refused do not count); hours not said stay out of it.

    Exemption for health, disability or a lone parent without childcare: Code du travail, art. L5411-6.
    """
    done = sum(hours or 0.0 for hours, status in entries if status is not ProgressStatus.REFUSED)
    return WeekHours(done, target or None, exempt_until is not None and exempt_until >= today)
