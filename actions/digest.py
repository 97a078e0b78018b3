"""The morning digest of a referent: how much waits for them, in figures and without a name."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.opening import hours_of
from actions.rules.working_time import is_working_day
from actions.work import Work
from storage import outbox
from storage.queries import escalations, people, todos
from storage.tables import Referent, Structure
from storage.vocabulary import Lane

TOO_LATE_AFTER = timedelta(hours=4)


def send_digests(work: Work) -> int:
    """Send this morning's digests (a job): on working days from 08:00 local, once a day for each referent.

    Nobody who has nothing waiting since before eight is written to, nor anybody who is away: their stand-in's figures count both.
    Return how many were put in the outbox.
    """
    structures = work.session.exec(select(Structure)).all()
    return sum(_of_structure(work, structure) for structure in structures)


def _of_structure(work: Work, structure: Structure) -> int:
    local = work.now.astimezone(ZoneInfo(structure.time_zone))
    begins = datetime.combine(local.date(), work.kit.policy.digest_at, local.tzinfo)
    in_time = begins <= local < begins + TOO_LATE_AFTER
    if not in_time or not is_working_day(hours_of(structure), local.date()):
        return 0
    team = work.session.exec(
        select(Referent).where(Referent.structure_id == structure.id, col(Referent.active).is_(True))
    ).all()
    return sum(_of_referent(work, referent, begins) for referent in team)


def _of_referent(work: Work, referent: Referent, begins: datetime) -> bool:
    today = begins.date()
    key = f"digest/{referent.id}/{today}"
    if outbox.find(work.session, key) or people.stand_in_of(work.session, referent.id, today):
        return False
    alerts = escalations.queue(work.session, referent, today)
    lines = todos.lines_for(work.session, referent, today)
    since = [alert.opened_at for alert in alerts] + [line.created_at for line in lines]
    if not any(at <= begins for at in since):
        return False
    sent = work.notify(
        referent,
        "staff.digest",
        key=key,
        lane=Lane.PROACTIVE,
        columns={"not_after": begins + TOO_LATE_AFTER},
        alerts=len(alerts),
        lines=len(lines),
    )
    return sent is not None
