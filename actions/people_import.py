"""People entered from a spreadsheet: the good lines are entered, each other line is reported with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from actions.errors import Invalid, NotAllowed
from actions.people_admin import check_may_assign, create_person
from actions.rules.folding import fold
from actions.rules.people_csv import Entry, Line, Unreadable, decoded, read_entry, read_lines
from actions.work import Work
from storage.tables import Accompagnement, Person, Referent
from storage.vocabulary import SupportStatus

Name = tuple[str, str]


@dataclass(frozen=True)
class RefusedLine:
    """A line of the file that entered nobody: its number in the file, and why, in French."""

    number: int
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What became of a file: who was entered, which lines were not."""

    created: tuple[Person, ...]
    refused: tuple[RefusedLine, ...]


def import_people(work: Work, by: Referent, content: bytes) -> ImportReport:
    """Enter the people of a CSV file (columns: see `rules.people_csv`). Raises Invalid for a file that is none."""
    try:
        lines = list(read_lines(decoded(content)))
    except Unreadable as wrong:
        raise Invalid(str(wrong)) from None
    report = _Import(work, by).run(lines)
    work.audit(
        "people.imported",
        by,
        created=len(report.created),
        refused=len(report.refused),
    )
    return report


class _Import:
    """One run: who is in the team, who is known already."""

    def __init__(self, work: Work, by: Referent) -> None:
        self.work, self.by = work, by
        members = work.session.exec(
            select(Referent).where(Referent.structure_id == by.structure_id, Referent.active)
        )
        self.members = {member.login: member for member in members}
        self.known = {_name(person.first_name, person.last_name) for person in self._supported()}

    def _supported(self) -> list[Person]:
        going_on = select(Accompagnement.person_id).where(Accompagnement.status != SupportStatus.ENDED)
        query = select(Person).where(
            Person.structure_id == self.by.structure_id, col(Person.id).in_(going_on)
        )
        return list(self.work.session.exec(query))

    def run(self, lines: list[Line]) -> ImportReport:
        created: list[Person] = []
        refused: list[RefusedLine] = []
        for line in lines:
            try:
                created.append(self._enter(line))
            except (Unreadable, Invalid) as wrong:
                refused.append(RefusedLine(line.number, str(wrong)))
        return ImportReport(tuple(created), tuple(refused))

    def _enter(self, line: Line) -> Person:
        entry = read_entry(line)
        referent = self._referent(entry)
        name = _name(entry.first_name, entry.last_name)
        if name in self.known:
            raise Invalid("Une personne de ce nom est déjà suivie.")
        person = create_person(
            self.work,
            self.by,
            first_name=entry.first_name,
            last_name=entry.last_name,
            referent=referent,
            phone=entry.phone,
            hours=entry.hours,
            address=entry.address,
            very_simple=entry.very_simple,
            time_zone=entry.time_zone,
        )
        self.known.add(name)
        return person

    def _referent(self, entry: Entry) -> Referent:
        referent = self.members.get(entry.referent) if entry.referent else self.by
        if referent is None:
            raise Invalid("Aucun référent actif n'a cet identifiant.")
        try:
            check_may_assign(self.by, referent)
        except NotAllowed:
            raise Invalid("Vous ne pouvez inscrire que vos propres personnes.") from None
        return referent


def _name(first_name: str, last_name: str) -> Name:
    return fold(first_name), fold(last_name)
