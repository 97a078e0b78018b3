"""The stage of a journey: a structure, its team, the people given, and the application around them.

    given:
      people: {Awa: {referent: Claire, address: tu, zone: …, consent: …, phone: no, very_simple: yes, hours: 15}}
      plan:         [{title: "Envoyer 10 candidatures", activity: application, target: 10, done: 4, due: 2026-12-01}]
      appointments: [{at: 2026-11-26 14:30, with: Claire, title: "Point"}]
      freins:       [{category: housing, level: 1}]
      away:         [{who: Claire, by: Léa, from: 2026-11-23, to: 2026-11-27}]

`person` says whose a step, an appointment or a frein is: the first person's, unless named. The team is always the
same: Claire and Léa are referents and each other's backup, Karim is on call, Nadia leads; `ligne` is the line of the
structure, which opens Monday to Friday from 9:00 to 17:30.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from actions.ports import Clock
from actions.rules.plan import week_on
from actions.rules.reading import ModelReading
from bot.channels.base import Parcel, Unreachable
from bot.nlu_client import NluClient
from storage.queries import people as people_queries
from storage.tables import Accompagnement, ContactPoint, Frein, Person, Progress, Referent, StandIn, Structure
from storage.vocabulary import (
    Activity,
    Address,
    Consent,
    DemarcheStatus,
    FreinCategory,
    Role,
)
from tests.apps import FakeNlu
from tests.builders import a_contact, a_person, a_reading, a_referent, a_step, a_structure, an_appointment
from tests.fakes import FakeChannel
from tests.journeys.story import Journey, moment

TEAM = (
    ("Claire", Role.REFERENT, False),
    ("Léa", Role.REFERENT, False),
    ("Karim", Role.REFERENT, True),
    ("Nadia", Role.LEAD, False),
)
LINE = "ligne"


class Cast:
    """Everybody of a journey by first name, and where they are written to."""

    def __init__(self, session: Session, journey: Journey) -> None:
        self._at = journey.at
        self.structure = a_structure(session)
        self.team = {name: self._member(session, name, role, on_call) for name, role, on_call in TEAM}
        self.team["Claire"].backup_id, self.team["Léa"].backup_id = (
            self.team["Léa"].id,
            self.team["Claire"].id,
        )
        self.addresses = {member: f"team-{member}" for member in self.team}
        self.addresses[LINE] = self._line(session, self.structure)
        self.people: dict[str, Person] = {}
        for name, chosen in (journey.given.get("people") or {}).items():
            self.people[name] = self._person(session, name, dict(chosen or {}))
        for listed, build in BUILDERS.items():
            for raw in journey.given.get(listed, []):
                build(self, session, dict(raw))

    def _member(self, session: Session, name: str, role: Role, on_call: bool) -> Referent:
        member = a_referent(
            session, self.structure, reachable=False, first_name=name, role=role, on_call=on_call
        )
        a_contact(session, referent_id=member.id, address=f"team-{name}")
        return member

    def _line(self, session: Session, structure: Structure) -> str:
        line = people_queries.line_of_structure(session, structure.id)
        assert line is not None
        address: str | None = line.address
        assert address is not None
        return address

    def _person(self, session: Session, name: str, chosen: dict[str, Any]) -> Person:
        person = a_person(
            session,
            self.team[chosen.pop("referent", "Claire")],
            bound=False,
            hours=chosen.pop("hours", 15.0),
            first_name=name,
            last_name="Exemple",
            address=Address(chosen.pop("address", "tu")),
            time_zone=chosen.pop("zone", "Europe/Paris"),
            very_simple=chosen.pop("very_simple", False),
            consent=Consent(chosen.pop("consent", "given")),
            consent_at=None,
            last_message_at=self._at,
        )
        self.addresses[name] = f"phone-{name}"
        if chosen.pop("phone", True):
            a_contact(session, person_id=person.id, address=self.addresses[name])
        _nothing_left(chosen)
        return person

    def whose(self, raw: dict[str, Any]) -> Person:
        """The person a given row is about."""
        return self.people[raw.pop("person", next(iter(self.people)))]

    def name_at(self, address: str) -> str:
        """Whose address this is; strangers are called by it."""
        return next((name for name, known in self.addresses.items() if known == address), address)

    def is_team(self, name: str) -> bool:
        """Whether this is a member of the team or the structure's line."""
        return name in self.team or name == LINE

    def today(self) -> date:
        """The local day on which the journey begins."""
        return self._at.date()


def _nothing_left(chosen: Mapping[str, Any]) -> None:
    if chosen:
        raise ValueError(f"not understood in `given`: {', '.join(chosen)}")


def _step(cast: Cast, session: Session, raw: dict[str, Any]) -> None:
    person, done = cast.whose(raw), raw.pop("done", 0)
    activity = Activity(raw.pop("activity")) if "activity" in raw else None
    step = a_step(
        session,
        person,
        raw.pop("title"),
        activity,
        target_count=raw.pop("target", None),
        due_on=raw.pop("due", None),
        status=DemarcheStatus.IN_PROGRESS if done else DemarcheStatus.TO_DO,
    )
    _nothing_left(raw)
    if done:
        before = step.created_at.date()
        session.add(
            Progress(
                person_id=person.id,
                accompagnement_id=step.accompagnement_id,
                demarche_id=step.id,
                activity=activity,
                count=done,
                done_on=before,
                week_on=week_on(before),
                created_at=step.created_at,
            )
        )


def _appointment(cast: Cast, session: Session, raw: dict[str, Any]) -> None:
    person = cast.whose(raw)
    starts_at = moment(raw.pop("at"))
    receives = cast.team[raw.pop("with", "Claire")]
    an_appointment(
        session, person, starts_at, title=raw.pop("title", "Point du plan"), referent_id=receives.id
    )
    _nothing_left(raw)


def _frein(cast: Cast, session: Session, raw: dict[str, Any]) -> None:
    person = cast.whose(raw)
    told_at: datetime = person.created_at
    category = FreinCategory(raw.pop("category"))
    level = raw.pop("level", 1)
    _nothing_left(raw)
    session.add(
        Frein(person_id=person.id, category=category, urgency=level, opened_at=told_at, told_at=told_at)
    )


def _away(cast: Cast, session: Session, raw: dict[str, Any]) -> None:
    who, by = cast.team[raw.pop("who")], cast.team[raw.pop("by")]
    session.add(
        StandIn(referent_id=who.id, stand_in_id=by.id, starts_on=raw.pop("from"), ends_on=raw.pop("to"))
    )
    _nothing_left(raw)


BUILDERS = {"plan": _step, "appointments": _appointment, "freins": _frein, "away": _away}
"""What may be given besides people, and how each is built."""


class StagePhone(FakeChannel):
    """The channel of everybody on the stage; an address in `blocked` cannot be reached. `times`: when each went."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.times: list[datetime] = []
        self.blocked: set[str] = set()

    async def send(self, address: str, parcel: Parcel) -> str:
        """Keep what was sent. Raises Unreachable for a blocked address."""
        if address in self.blocked:
            raise Unreachable(address)
        self.times.append(self._clock.now())
        return await super().send(address, parcel)


class StageNlu(FakeNlu):
    """Gives the readings of the file, or asks the real Rasa where there is one."""

    def __init__(self, real: NluClient | None) -> None:
        super().__init__()
        self.real = real
        self.given: dict[str, ModelReading] = {}
        self.as_given = real is None

    def give(self, text: str, reading: Mapping[str, Any]) -> None:
        """What `text` is taken to mean."""
        self.given[text] = a_reading(**reading)

    async def parse(self, text: str) -> ModelReading:
        """The reading of `text`. Raises NluUnavailable while down."""
        self.answer = self.given.__getitem__
        given = await super().parse(text)
        return given if self.as_given or self.real is None else await self.real.parse(text)


def support_of(session: Session, person: Person) -> Accompagnement:
    """The accompaniment of a person, whatever became of it."""
    return session.exec(select(Accompagnement).where(Accompagnement.person_id == person.id)).one()


def phones_of(session: Session, person: Person) -> list[ContactPoint]:
    """The addresses bound to a person."""
    return list(session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id)))
