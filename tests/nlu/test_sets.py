"""The development and test messages keep to the taxonomy, and the test set is the one that was committed."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from storage.vocabulary import Activity, FreinCategory, Intent

SETS = ["dev", "test", "private"]
FRENCH = Path(__file__).parent / "fr"
STEP_INTENTS = {"log_progress", "add_step", "postpone_step", "report_blocked_step", "share_good_news"}


def rows(name: str) -> list[dict[str, Any]]:
    """The messages of a set."""
    lines = (FRENCH / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_test_set_is_the_one_that_was_committed() -> None:
    kept = (FRENCH / "test.sha256").read_text(encoding="utf-8").split()[0]
    assert hashlib.sha256((FRENCH / "test.jsonl").read_bytes()).hexdigest() == kept


def test_the_test_set_is_as_large_as_its_figures_need() -> None:
    test = rows("test")
    assert len(test) >= 1000
    assert sum(row["urgency"] == 3 for row in test) >= 300
    assert sum(row["part"] == "lookalikes" for row in test) >= 300
    assert {row["intent"] for row in test} == set(Intent)


@pytest.mark.parametrize("name", SETS)
def test_every_label_is_of_the_taxonomy(name: str) -> None:
    for row in rows(name):
        assert {row["intent"], *row["accept"]} <= set(Intent), row["id"]
        assert row["frein"] is None or row["frein"] in set(FreinCategory), row["id"]
        assert row["activity"] is None or row["activity"] in set(Activity), row["id"]
        assert row["urgency"] in range(4), row["id"]
        assert row["when"] is None or datetime.fromisoformat(row["when"]), row["id"]
        assert datetime.fromisoformat(row["at"]).tzinfo, row["id"]


@pytest.mark.parametrize("name", SETS)
def test_labels_that_the_taxonomy_binds_go_together(name: str) -> None:
    for row in rows(name):
        if row["urgency"] == 3:
            assert (row["intent"], row["accept"]) == ("report_frein", []), row["id"]
        if row["intent"] == "report_frein":
            assert row["frein"], row["id"]
        if row["intent"] not in STEP_INTENTS:
            assert row["activity"] is row["count"] is row["hours"] is None, row["id"]


def test_no_message_stands_in_two_sets() -> None:
    both = [row["text"].casefold() for name in SETS for row in rows(name)]
    assert len(both) == len(set(both))
