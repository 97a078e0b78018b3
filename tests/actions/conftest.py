"""Fixtures shared by the tests of the deeds."""

import pytest
from sqlalchemy import Engine

from actions.work import Kit
from tests.actions.plan_world import PlanWorld
from tests.conftest import Little
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock, little: Little) -> PlanWorld:
    """A person with an empty plan, on SQLite."""
    return PlanWorld(engine, kit, clock, little)
