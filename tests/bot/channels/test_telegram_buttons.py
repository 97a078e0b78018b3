"""What a button carries comes back as it was, in 64 bytes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_buttons import LONGEST, Button, pack, unpack
from storage.vocabulary import FreinCategory, Intent

QUESTION = UUID("00000000-0000-4000-8000-000000000001")
KNOWN = ["yes", "no", "confirm", "cancel", "move", "other", *Intent, *FreinCategory]


@pytest.mark.parametrize("choice", KNOWN)
def test_every_word_of_ours_fits_beside_its_question(choice: str) -> None:
    data = pack(Button(str(choice), QUESTION))
    assert len(data.encode()) <= LONGEST
    assert unpack(data) == Button(choice, QUESTION)


@given(question=st.uuids(), choice=st.uuids())
def test_an_id_of_ours_is_carried_as_a_choice(question: UUID, choice: UUID) -> None:
    data = pack(Button(str(choice), question))
    assert len(data.encode()) <= LONGEST
    assert unpack(data) == Button(str(choice), question)


@given(st.text(max_size=80))
def test_whatever_comes_back_is_read_or_refused_without_an_error(data: str) -> None:
    button = unpack(f"q:{data}")
    assert button is None or button.question_id is not None


@given(question=st.uuids() | st.none(), choice=st.text(max_size=60))
def test_what_is_packed_comes_back_or_is_refused_when_packed(question: UUID | None, choice: str) -> None:
    button = Button(choice, question)
    try:
        data = pack(button)
    except ValueError:
        return
    assert unpack(data) == button


def test_a_button_of_the_team_carries_its_choice_alone() -> None:
    assert pack(Button("open:4821")) == "open:4821"
    assert unpack("open:4821") == Button("open:4821")


@pytest.mark.parametrize(
    "button",
    [
        Button("x" * 65),
        Button("é" * 33),
        Button(""),
        Button("x" * 40, QUESTION),
        Button("q:looks-like-a-question"),
        Button("~tilde", QUESTION),
    ],
)
def test_a_choice_that_would_be_cut_or_misread_is_refused(button: Button) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack(button)


@pytest.mark.parametrize(
    "data", ["q:", "q::", "q:short:yes", f"q:{'!' * 22}:yes", f"q:{UUID(int=7).hex}:yes"]
)
def test_data_that_is_none_of_ours_is_no_button(data: str) -> None:
    assert unpack(data) is None
