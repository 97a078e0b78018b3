"""The person wants something added to the plan: it is proposed to the referent, who accepts or not."""

from __future__ import annotations

from actions import pass_on
from actions.rules.folding import fold
from actions.rules.plan import OPEN
from actions.rules.wishes import step_to_add
from actions.which_step import activity_of, day_said, shown_title, today_of
from actions.who_reads import who_reads
from actions.work import Turn
from storage.queries import plan
from storage.tables import Accompagnement, Demarche
from storage.vocabulary import DemarcheStatus, QuestionKind, TodoKind


def add_step(turn: Turn) -> None:
    """Propose the step that the message names, or ask which one."""
    if turn.accompagnement is None:
        pass_on.without_support(turn)
        return
    title = step_to_add(turn.text)
    if title:
        _propose(turn, turn.accompagnement, title)
    else:
        turn.pose(QuestionKind.STEP_TO_ADD, "step.what_to_add", open_for=turn.kit.policy.free_words_open_for)


def answer_step_to_add(turn: Turn) -> None:
    """The words written are the step."""
    title = step_to_add(turn.text)
    if turn.accompagnement is None:
        pass_on.without_support(turn)
    elif title:
        _propose(turn, turn.accompagnement, title)
    else:
        turn.say("step.nothing_to_add")


def _propose(turn: Turn, accompagnement: Accompagnement, title: str) -> None:
    if any(fold(step.title or "") == fold(title) for step in plan.steps(turn.session, turn.person.id, OPEN)):
        turn.say("step.in_plan_already")
        return
    due_on = day_said(turn)
    step = Demarche(
        person_id=turn.person.id,
        accompagnement_id=accompagnement.id,
        activity=activity_of(turn),
        status=DemarcheStatus.PROPOSED,
        target_count=turn.judgement.count or None,
        due_on=due_on if due_on and due_on >= today_of(turn) else None,
        created_by_person=True,
        created_at=turn.now,
    )
    step.title = title
    turn.session.add(step)
    turn.session.flush()
    turn.audit("step.proposed", step, structure_id=turn.structure.id)
    turn.note(TodoKind.PROPOSED_STEP, subject_id=step.id, title=title, due_on=step.due_on)
    turn.say("step.proposed", title=shown_title(step), **who_reads(turn))
