"""Small words, moods, what the companion says of itself, and what it cannot read."""

import pytest
from sqlmodel import select

from actions.ports import Incoming
from storage.database import transaction
from storage.tables import Escalation
from storage.vocabulary import Activity, ChannelName, Consent, IncomingKind, TodoKind
from tests.actions.plan_world import PlanWorld
from tests.builders import Answer, a_reading


def sends(world: PlanWorld, kind: IncomingKind, text: str | None = None, *, urgency: int = 0) -> list[Answer]:
    incoming = Incoming(
        ChannelName.LOCAL,
        world.talk.address,
        f"k{world.clock.now()}{kind}",
        world.clock.now(),
        kind=kind,
        text=text,
    )
    return world.talk.sends(incoming, a_reading("greet", urgency=urgency, frein="money" if urgency else None))


@pytest.mark.parametrize(
    ("intent", "key"),
    [
        ("greet", "conversation.greet_without_plan"),
        ("goodbye", "conversation.goodbye"),
        ("thank", "conversation.thank"),
        ("affirm", "conversation.affirm"),
        ("deny", "conversation.deny"),
        ("ask_help", "conversation.help"),
        ("out_of_scope", "conversation.out_of_scope"),
        ("report_mood_good", "mood.good"),
        ("report_mood_bad", "mood.tired"),
    ],
)
def test_small_words_are_answered_and_leave_no_line(world: PlanWorld, intent: str, key: str) -> None:
    assert world.says("voilà", intent) == [key]
    assert world.todos() == []


def test_the_greeting_points_to_the_plan_once_there_is_one(world: PlanWorld) -> None:
    world.step("Refaire mon CV", Activity.CV_LETTER)
    assert world.says("bonjour", "greet") == ["conversation.greet"]


def test_the_companion_says_that_it_is_a_robot_with_a_number_of_the_directory(world: PlanWorld) -> None:
    values = world.hears("t'es un robot ?", "ask_bot_identity")
    assert values["number"] == world.kit.emergency.numbers["any_emergency"].number


def test_a_low_mood_reaches_the_referent_and_a_call_is_offered(world: PlanWorld) -> None:
    (answer,) = world.talk.says("j'ai le moral à zéro", "report_mood_bad", urgency=1)
    assert answer.key == "mood.low"
    assert len(world.todos(TodoKind.MOOD)) == 1
    assert world.presses("yes") == ["talk.call_asked"]
    assert [line.message_id for line in world.todos(TodoKind.CALL)] == [answer.row.reply_to]


def test_an_urgent_low_mood_is_heard_without_a_question_and_escalated(world: PlanWorld) -> None:
    assert world.says("je tiens plus", "report_mood_bad", urgency=2, frein="mental_health") == [
        "mood.heard",
        "frein.urgent",
    ]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (IncomingKind.VOICE, "unreadable.voice"),
        (IncomingKind.PHOTO, "unreadable.photo"),
        (IncomingKind.STICKER, "unreadable.sticker"),
        (IncomingKind.LOCATION, "unreadable.location"),
        (IncomingKind.FILE, "unreadable.file"),
    ],
)
def test_what_cannot_be_read_is_answered_and_surfaced(world: PlanWorld, kind: IncomingKind, key: str) -> None:
    assert [answer.key for answer in sends(world, kind)] == [key]
    (line,) = world.todos(TodoKind.UNREADABLE)
    assert world.detail(line) == {"incoming": kind.value}


def test_an_urgent_caption_is_escalated_too(world: PlanWorld) -> None:
    keys = [answer.key for answer in sends(world, IncomingKind.PHOTO, "la lettre de l'huissier", urgency=2)]
    assert keys == ["unreadable.photo", "frein.urgent"]


def edits(world: PlanWorld, text: str, *, urgency: int = 0, frein: str | None = None) -> list[Answer]:
    now = world.clock.now()
    first = Incoming(ChannelName.LOCAL, world.talk.address, "first", now, text="j'ai fait 2 candidatures")
    world.talk.sends(first, a_reading("log_progress", activity="application"))
    again = Incoming(ChannelName.LOCAL, world.talk.address, "second", now, text=text, edit_of="first")
    return world.talk.sends(
        again, a_reading("log_progress", activity="application", urgency=urgency, frein=frein)
    )


def test_an_edited_message_is_shown_and_its_deed_not_repeated(world: PlanWorld) -> None:
    assert [answer.key for answer in edits(world, "j'ai fait 3 candidatures")] == ["edited.noted"]
    assert len(world.progress()) == 1
    assert len(world.todos(TodoKind.EDITED_MESSAGE)) == 1


def test_an_edit_that_becomes_urgent_is_escalated(world: PlanWorld) -> None:
    keys = [answer.key for answer in edits(world, "expulsion jeudi", urgency=2, frein="housing")]
    assert keys == ["edited.noted", "frein.urgent"]
    with transaction(world.engine) as session:
        assert session.exec(select(Escalation)).one().level == 2


def test_an_edit_that_becomes_danger_is_answered_by_the_numbers_alone(world: PlanWorld) -> None:
    keys = [answer.key for answer in edits(world, "je veux mourir", urgency=3, frein="mental_health")]
    assert keys
    assert all(key.startswith("danger.") for key in keys)
    assert len(world.todos(TodoKind.EDITED_MESSAGE)) == 1


def test_an_edit_before_consent_is_not_shown_to_anybody(world: PlanWorld) -> None:
    world.says("bonjour", "greet")
    world.set_person(consent=Consent.REFUSED)
    assert edits(world, "autre chose") == []
    assert world.todos(TodoKind.EDITED_MESSAGE) == []
