"""The words of the console: each vocabulary keeps its own, whole, and a shared value is not mixed up."""

from __future__ import annotations

from enum import StrEnum

import pytest

from bot.console.french import WORDS, word
from storage.vocabulary import DemarcheStatus, StepStatus


@pytest.mark.parametrize("vocabulary", WORDS)
def test_every_word_of_a_vocabulary_that_is_shown_has_its_french(vocabulary: type[StrEnum]) -> None:
    assert list(WORDS[vocabulary]) == list(vocabulary)


def test_a_step_of_the_plan_that_is_done_does_not_read_like_a_step_of_an_alert() -> None:
    assert word(DemarcheStatus.DONE) == "faite"
    assert word(StepStatus.DONE) == "prévenu·e"
