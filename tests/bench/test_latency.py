"""The benchmark measures what it says; its limits are for a quiet machine, so nothing here depends on speed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.sealing import generate_key, install_key
from tests.bench.latency import Figure, without_rasa

pytestmark = pytest.mark.process


def test_a_limit_is_passed_by_the_slowest_twentieth() -> None:
    quick = Figure("quick", [0.01] * 96 + [9.0] * 4, 50)
    slow = Figure("slow", [0.01] * 94 + [9.0] * 6, 50)
    assert (quick.kept, slow.kept) == (True, False)
    assert "TOO SLOW" in str(slow)


async def test_messages_dangers_and_pages_are_measured(tmp_path: Path) -> None:
    figures = await without_rasa(tmp_path, 10)
    assert [len(figure.seconds) for figure in figures] == [10, 10, *[5] * 6]
    assert all(seconds > 0 for figure in figures for seconds in figure.seconds)
    assert {figure.limit_ms for figure in figures} == {50, 100}


@pytest.fixture(autouse=True)
def _other_tests_keep_their_key() -> Iterator[None]:
    """The benchmark installs a key of its own."""
    yield
    install_key(generate_key())
