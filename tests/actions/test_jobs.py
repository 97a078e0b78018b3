"""The table of jobs."""

from sqlalchemy import Engine

from actions.jobs import JOBS
from actions.work import Kit
from tests.actions.post import Post
from tests.conftest import little_world
from tests.fakes import FakeClock


def test_every_job_has_its_own_name_a_cadence_a_reason_and_a_word_on_lateness() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert len({job.run for job in JOBS}) == len(JOBS)
    for job in JOBS:
        assert job.every.total_seconds() >= 10
        assert job.why.endswith(".")
        assert job.too_late.endswith(".")


def test_every_job_runs_on_both_databases_and_has_nothing_left_to_do_at_once(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    little_world(engine_any)
    post = Post(engine_any, kit, clock)
    for job in JOBS:
        post.do(job.run)
        assert (job.name, post.do(job.run)) == (job.name, 0)
