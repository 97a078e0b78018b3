"""The copy of a person's data: one page of HTML that opens anywhere, in French, with nothing to download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from actions.export_words import CONSENT, WORDS
from actions.work import Work
from storage.queries import appointments, plan
from storage.tables import (
    Accompagnement,
    ContactPoint,
    Escalation,
    EscalationMessage,
    Message,
    Person,
    Referent,
    Structure,
    Todo,
)
from storage.vocabulary import Activity, Address, FreinCategory, ParticipationStatus

Cell = object
STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}dt{font-weight:bold}dd{margin:0 0 .5rem}"
)


def data_export(work: Work, person: Person, *, by_hand: bool = False) -> str:
    """Everything kept about `person`, as one readable HTML page; dates are local to the person.

    `by_hand`: a referent prints it for somebody without a channel for files. It then holds only the messages that
    the team has already been shown, since the rest of the conversation is not theirs to read.
    """
    return _Page(work, person, by_hand=by_hand).html()


class _Page:
    """The page of one person: each method makes one section."""

    def __init__(self, work: Work, person: Person, *, by_hand: bool) -> None:
        self.work, self.session, self.person, self.by_hand = work, work.session, person, by_hand
        self.zone = ZoneInfo(person.time_zone)

    def html(self) -> str:
        """The whole page."""
        sections = (
            self._who(),
            self._support(),
            self._plan(),
            self._hours(),
            self._appointments(),
            self._freins(),
            self._alerts(),
            self._messages(),
            self._requests(),
        )
        title = f"Mes données, le {self._say(self.work.now)}"
        return (
            f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
            f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>\n{_INTRODUCTION}\n"
            + "\n".join(sections)
            + "\n</body></html>\n"
        )

    def _say(self, value: Cell) -> str:
        """A value in French, escaped."""
        if value is None:
            return "–"
        if isinstance(value, bool):
            return "oui" if value else "non"
        if isinstance(value, datetime):
            local = value.astimezone(self.zone)
            return f"{local:%d/%m/%Y} à {local.hour} h {local.minute:02d}"
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        if isinstance(value, Activity | FreinCategory):
            return escape(self._label(value))
        if isinstance(value, float):
            return f"{value:g}".replace(".", ",")
        if isinstance(value, StrEnum):
            return escape(WORDS[value])
        return escape(str(value))

    def _label(self, word: Activity | FreinCategory) -> str:
        prefix = "activity" if isinstance(word, Activity) else "frein"
        return self.work.kit.texts.label(f"{prefix}.{word.value}", self.person.address)

    def _facts(self, title: str, facts: Iterable[tuple[str, Cell]]) -> str:
        listed = "".join(f"<dt>{name}</dt><dd>{self._say(value)}</dd>" for name, value in facts)
        return f"<h2>{title}</h2><dl>{listed}</dl>"

    def _table(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
        lines = ["<tr>" + "".join(f"<td>{self._say(cell)}</td>" for cell in row) + "</tr>" for row in rows]
        if not lines:
            return f"<h2>{title}</h2><p>Rien.</p>"
        head = "".join(f"<th>{name}</th>" for name in heads)
        return f"<h2>{title}</h2><table><tr>{head}</tr>{''.join(lines)}</table>"

    def _who(self) -> str:
        person = self.person
        structure = self.session.get_one(Structure, person.structure_id)
        contacts = self.session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id))
        return self._facts(
            "Qui je suis, mes réglages",
            [
                ("Nom", person.full_name),
                ("Structure", structure.name),
                ("Téléphone", person.phone),
                *((f"Adresse ({self._say(c.channel)})", c.address) for c in contacts),
                ("Fuseau horaire", person.time_zone),
                ("On se dit", "tu" if person.address is Address.TU else "vous"),
                ("Messages très simples", person.very_simple),
                ("Messages de suivi", person.check_ins),
                ("Messages à partir de", f"{person.waking_from:%H:%M}"),
                ("Messages jusqu’à", f"{person.waking_until:%H:%M}"),
                ("Messages arrêtés depuis", person.stopped_at),
                ("Accord", CONSENT[person.consent]),
                ("Date de l’accord ou du refus", person.consent_at),
                ("Dernier message reçu", person.last_message_at),
                ("Fiche créée", person.created_at),
            ],
        )

    def _support(self) -> str:
        rows = self.session.exec(
            select(Accompagnement)
            .where(Accompagnement.person_id == self.person.id)
            .order_by(col(Accompagnement.created_at))
        ).all()
        heads = (
            "Référent·e",
            "Depuis le",
            "Jusqu’au",
            "État",
            "En pause jusqu’au",
            "Heures visées par semaine",
        )
        exempt = ("Dispense jusqu’au", "Motif de la dispense")
        return self._table(
            "Mon accompagnement",
            heads + exempt,
            [
                (
                    self.session.get_one(Referent, row.referent_id).full_name,
                    row.started_on,
                    row.ended_on,
                    row.status,
                    row.paused_until,
                    row.weekly_hours_target,
                    row.exempt_until,
                    row.exempt_reason,
                )
                for row in rows
            ],
        )

    def _plan(self) -> str:
        rows = plan.steps(self.session, self.person.id)
        return self._table(
            "Mon plan",
            ("Étape", "Type", "État", "Nombre visé", "Pour le", "Faite le"),
            [(s.title, s.activity, s.status, s.target_count, s.due_on, s.done_on) for s in rows],
        )

    def _hours(self) -> str:
        rows = plan.progress_of(self.session, self.person.id)
        return self._table(
            "Ce que j’ai fait",
            ("Le", "Type", "Nombre", "Heures", "État"),
            [(p.done_on, p.activity, p.count, p.hours, p.status) for p in rows],
        )

    def _appointments(self) -> str:
        rows = appointments.of_person(self.session, self.person.id)
        return self._table(
            "Mes rendez-vous",
            ("Quand", "Quoi", "Où", "Ma réponse", "Ce qui s’est passé"),
            [
                (
                    a.starts_at,
                    a.title,
                    a.place,
                    p.answer,
                    ParticipationStatus.REVOKED if a.cancelled_at else p.status,
                )
                for p, a in rows
            ],
        )

    def _freins(self) -> str:
        rows = plan.freins(self.session, self.person.id, status=None)
        return self._table(
            "Ce qui me freine",
            ("Sujet", "Niveau (0 à 3)", "Dit le", "Redit le", "État", "Clos le"),
            [(f.category, f.urgency, f.opened_at, f.told_at, f.status, f.closed_at) for f in rows],
        )

    def _alerts(self) -> str:
        rows = self.session.exec(
            select(Escalation)
            .where(Escalation.person_id == self.person.id)
            .order_by(col(Escalation.opened_at))
        )
        return self._table(
            "Les alertes",
            ("Numéro", "Niveau", "Sujet", "Ouverte", "Lue", "Close", "Note"),
            [
                (e.reference, e.level, e.frein, e.opened_at, e.acknowledged_at, e.closed_at, e.note)
                for e in rows
            ],
        )

    def _messages(self) -> str:
        query = select(Message).where(Message.person_id == self.person.id)
        title = "Mes messages encore gardés"
        if self.by_hand:
            query = query.where(or_(col(Message.id).in_(_PASSED_ON), col(Message.id).in_(_RAISED)))
            title = "Mes messages transmis à l’équipe (les autres ne sont remis qu’à moi, par la messagerie)"
        rows = self.session.exec(query.order_by(col(Message.received_at)))
        kept = [(one.received_at, one.kind, one.body) for one in rows if one.body is not None]
        return self._table(title, ("Reçu", "Type", "Texte"), kept)

    def _requests(self) -> str:
        rows = self.session.exec(
            select(Todo).where(Todo.person_id == self.person.id).order_by(col(Todo.created_at))
        )
        return self._table(
            "Ce qui a été transmis à l’équipe",
            ("Quand", "Traité", "Réponse"),
            [(t.created_at, t.closed_at, t.reply) for t in rows],
        )


_PASSED_ON = select(Todo.message_id)
_RAISED = select(EscalationMessage.message_id)
_INTRODUCTION = (
    "<p>Cette page contient tout ce que le compagnon garde sur moi. Elle est pour moi seul·e : "
    "je fais attention à qui peut la lire.</p>"
)
