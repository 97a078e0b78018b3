"""Prints a journey as the conversation it is, with the sentences that are really sent.

    python -m tests.journeys.tell first_contact        one journey
    python -m tests.journeys.tell                      all of them

A journey that fails is printed up to the line that fails, with what is different there.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.bootstrap import make_kit
from bot.texts.render import FrenchTexts
from storage.database import make_engine, migrate
from storage.sealing import generate_key, install_key
from tests.apps import without_waiting_for_disks
from tests.journeys.play import Failed, Play
from tests.journeys.story import PARIS, Journey, journeys


def main(wanted: list[str]) -> None:
    """Print the journeys with these file names, or all."""
    install_key(generate_key())
    for journey in journeys():
        if not wanted or journey.file.stem in wanted:
            with tempfile.TemporaryDirectory() as folder:
                _tell(journey, Path(folder) / "journey.db")


def _tell(journey: Journey, database: Path) -> None:
    url = f"sqlite:///{database}"
    migrate(url)
    engine = make_engine(url)
    without_waiting_for_disks(engine)
    play = Play(journey, engine, make_kit(FrenchTexts()))
    trouble = ""
    try:
        asyncio.run(play.run())
    except Failed as failed:
        trouble = str(failed)
    print(f"\n=== {journey.name} ({journey.file.name})")  # noqa: T201  (a transcript is what this is for)
    for line in play.spoken:
        at = line.at.astimezone(PARIS)
        key = f"   ({line.key})" if line.key else ""
        print(f"{at:%a %d/%m %H:%M}  {line.who or 'la personne'} : {line.words}{key}")  # noqa: T201
    print(trouble)  # noqa: T201
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
