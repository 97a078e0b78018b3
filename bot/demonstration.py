"""The demonstration: a structure, its team and six people, all of them obviously invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect
from sqlmodel import Session, select

from actions.rules.plan import week_on
from actions.work import Work
from bot.settings import Settings
from bot.supervise import StartupRefused
from storage.database import make_engine, migrate, reading
from storage.queries.people import address_index
from storage.tables import (
    Accompagnement,
    Appointment,
    ContactPoint,
    Demarche,
    Frein,
    Participation,
    Person,
    Progress,
    Referent,
    Structure,
)
from storage.vocabulary import (
    Activity,
    Address,
    ChannelName,
    Consent,
    DemarcheStatus,
    FreinCategory,
    Role,
)

ZONE = ZoneInfo("Europe/Paris")
NAME = "Le Fil d'exemple (démonstration)"
"""The demonstration's structure is recognised by its name: no real one bears it."""
REAL_STRUCTURE = (
    "Cette base de données est celle d'une vraie structure, où le simulateur n'a rien à faire : lancez "
    "./filrouge serve, ou donnez à la démonstration une base à elle (FILROUGE_DATABASE_URL, FILROUGE_HOME)."
)


@dataclass(frozen=True)
class Step:
    """A step of an invented plan: how many are to be done, how many are."""

    title: str
    activity: Activity
    target: int | None = None
    done: int = 0
    due_in_days: int | None = None


@dataclass(frozen=True)
class Meeting:
    """An invented appointment: in how many days, at which local time."""

    in_days: int
    at: time
    title: str
    place: str = "12 rue de l'Exemple, bureau 3"
    to_bring: str | None = None


@dataclass(frozen=True)
class Someone:
    """An invented person."""

    first_name: str
    last_name: str
    address: Address
    steps: Sequence[Step]
    meetings: Sequence[Meeting]
    freins: Sequence[FreinCategory] = ()
    very_simple: bool = False
    zone: str = "Europe/Paris"
    consent: Consent = Consent.GIVEN
    referent: int = 0


PEOPLE = (
    Someone(
        "Awa",
        "Démo",
        Address.TU,
        (
            Step("Envoyer 10 candidatures", Activity.APPLICATION, 10, 4, 12),
            Step("Refaire mon CV", Activity.CV_LETTER, None, 0, 5),
            Step("Atelier entretien d'embauche", Activity.WORKSHOP, 1, 0, 9),
        ),
        (
            Meeting(1, time(14, 30), "Point sur le plan", to_bring="ton CV"),
            Meeting(4, time(9, 30), "Atelier entretien d'embauche", "Salle des Exemples"),
        ),
        (FreinCategory.HOUSING,),
    ),
    Someone(
        "Jordan",
        "Démo",
        Address.TU,
        (
            Step("Passer le code de la route", Activity.MOBILITY_STEP, None, 0, 30),
            Step("Trouver une immersion en cuisine", Activity.IMMERSION, 1, 0, 20),
        ),
        (Meeting(5, time(11), "Point sur le plan"),),
        (FreinCategory.MOBILITY,),
    ),
    Someone(
        "Maryam",
        "Démo",
        Address.VOUS,
        (
            Step("Cours de français, 6 heures par semaine", Activity.LANGUAGE_COURSE),
            Step("Renouveler le titre de séjour", Activity.ADMIN_STEP, None, 0, 25),
        ),
        (Meeting(2, time(10), "Point sur les papiers", to_bring="le récépissé"),),
        (FreinCategory.LANGUAGE, FreinCategory.RIGHTS),
        very_simple=True,
    ),
    Someone(
        "Robert",
        "Démo",
        Address.VOUS,
        (
            Step("Bilan de compétences", Activity.SKILLS_ASSESSMENT, None, 0, 15),
            Step("Contacter 5 entreprises", Activity.JOB_SEARCH, 5, 2, 20),
        ),
        (Meeting(6, time(15, 30), "Préparer l'entretien"),),
        (FreinCategory.SKILLS,),
        referent=1,
    ),
    Someone(
        "Lina",
        "Démo",
        Address.TU,
        (
            Step("Trouver une place en crèche", Activity.FAMILY_STEP, None, 0, 18),
            Step("Formation d'aide-soignante : dossier", Activity.TRAINING, None, 0, 22),
        ),
        (Meeting(1, time(9), "Point sur la garde", "Par téléphone"),),
        (FreinCategory.FAMILY,),
        zone="Indian/Reunion",
        referent=1,
    ),
    Someone(
        "Oleks",
        "Démo",
        Address.VOUS,
        (Step("Inscription aux cours de français", Activity.LANGUAGE_COURSE, None, 0, 14),),
        (Meeting(3, time(16), "Première rencontre"),),
        consent=Consent.UNASKED,
    ),
)

TEAM = (
    ("claire", "Claire", Role.REFERENT, False),
    ("karim", "Karim", Role.REFERENT, True),
    ("nadia", "Nadia", Role.LEAD, False),
)


def migrate_demonstration(settings: Settings) -> None:
    """Bring the demonstration's database up to date.

    Raises StartupRefused, before anything is changed, for one that holds a structure of somebody else.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(settings.database)
    try:
        with reading(engine) as session:
            if holds_real_structure(session):
                raise StartupRefused(REAL_STRUCTURE)
    finally:
        engine.dispose()
    migrate(settings.database)


def holds_real_structure(session: Session) -> bool:
    """Whether a database, migrated or not, holds a structure that is not the demonstration's."""
    if not inspect(session.connection()).has_table("structure"):
        return False
    return session.exec(select(Structure.id).where(Structure.name != NAME)).first() is not None


def is_empty(work: Work) -> bool:
    """Whether the database holds no structure yet."""
    return work.session.exec(select(Structure.id)).first() is None


def load_demonstration(work: Work) -> None:
    """Write the demonstration structure down, with everything dated from now."""
    structure = Structure(
        name=NAME,
        phone="01 99 00 00 00",
        opens_at=time(9),
        closes_at=time(17, 30),
        created_at=work.now,
    )
    work.session.add(structure)
    team = [_member(work, structure, *row) for row in TEAM]
    team[0].backup_id, team[1].backup_id = team[1].id, team[0].id
    _contact(work, f"line-{structure.id}", structure_id=structure.id)
    for someone in PEOPLE:
        _someone(work, structure, team[someone.referent], someone)
    work.audit("demonstration.loaded", structure, structure_id=structure.id)


def _member(
    work: Work, structure: Structure, login: str, first_name: str, role: Role, on_call: bool
) -> Referent:
    member = Referent(
        structure_id=structure.id,
        login=f"{login}-{str(structure.id)[:4]}",
        first_name=first_name,
        last_name="Exemple",
        role=role,
        on_call=on_call,
        created_at=work.now,
    )
    work.session.add(member)
    _contact(work, f"referent-{member.id}", referent_id=member.id)
    return member


def _contact(work: Work, address: str, **owner: Any) -> None:
    contact = ContactPoint(
        channel=ChannelName.LOCAL,
        address_index=address_index(ChannelName.LOCAL, address),
        bound_at=work.now,
        created_at=work.now,
        **owner,
    )
    contact.address = address
    work.session.add(contact)


def _someone(work: Work, structure: Structure, referent: Referent, someone: Someone) -> None:
    person = Person(
        structure_id=structure.id,
        first_name=someone.first_name,
        last_name=someone.last_name,
        address=someone.address,
        very_simple=someone.very_simple,
        time_zone=someone.zone,
        consent=someone.consent,
        consent_at=work.now if someone.consent is Consent.GIVEN else None,
        last_message_at=work.now - timedelta(days=1),
        created_at=work.now - timedelta(days=40),
    )
    work.session.add(person)
    accompagnement = Accompagnement(
        structure_id=structure.id,
        person_id=person.id,
        referent_id=referent.id,
        started_on=(work.now - timedelta(days=40)).date(),
        created_at=work.now - timedelta(days=40),
    )
    work.session.add(accompagnement)
    _contact(work, f"person-{person.id}", person_id=person.id)
    for step in someone.steps:
        _step(work, accompagnement, step)
    for meeting in someone.meetings:
        _meeting(work, referent, person, meeting)
    for category in someone.freins:
        _frein(work, person, category)


def _step(work: Work, accompagnement: Accompagnement, step: Step) -> None:
    today = work.now.astimezone(ZONE).date()
    row = Demarche(
        person_id=accompagnement.person_id,
        accompagnement_id=accompagnement.id,
        activity=step.activity,
        status=DemarcheStatus.IN_PROGRESS if step.done else DemarcheStatus.TO_DO,
        target_count=step.target,
        due_on=today + timedelta(days=step.due_in_days) if step.due_in_days else None,
        created_at=work.now - timedelta(days=20),
    )
    row.title = step.title
    work.session.add(row)
    if step.done:
        done_on = today - timedelta(days=8)
        work.session.add(
            Progress(
                person_id=accompagnement.person_id,
                accompagnement_id=accompagnement.id,
                demarche_id=row.id,
                activity=step.activity,
                count=step.done,
                done_on=done_on,
                week_on=week_on(done_on),
                created_at=work.now - timedelta(days=8),
            )
        )


def _meeting(work: Work, referent: Referent, person: Person, meeting: Meeting) -> None:
    today = work.now.astimezone(ZONE).date()
    starts_at = datetime.combine(today + timedelta(days=meeting.in_days), meeting.at, ZONE)
    appointment = Appointment(
        structure_id=person.structure_id,
        referent_id=referent.id,
        starts_at=starts_at,
        created_by=referent.id,
        created_at=work.now - timedelta(days=10),
    )
    appointment.title, appointment.place = meeting.title, meeting.place
    appointment.to_bring = meeting.to_bring
    work.session.add(appointment)
    work.session.add(
        Participation(
            appointment_id=appointment.id, person_id=person.id, created_at=work.now - timedelta(days=10)
        )
    )


def _frein(work: Work, person: Person, category: FreinCategory) -> None:
    told_at = work.now - timedelta(days=12)
    work.session.add(
        Frein(person_id=person.id, category=category, urgency=1, opened_at=told_at, told_at=told_at)
    )
