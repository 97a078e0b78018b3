"""Hours on the pages are those of the wall clock where the team works."""

from __future__ import annotations

from actions.work import Work
from storage.tables import Structure
from tests.bot.console.conftest import Team
from tests.bot.console.site import Site


async def test_a_team_on_reunion_reads_its_own_hours(site: Site, team: Team) -> None:
    def move(work: Work) -> None:
        work.session.get_one(Structure, team.claire.structure_id).time_zone = "Indian/Reunion"

    site.do(move)
    browser = site.browser(team.claire)
    alert = (await browser.page(f"/console/alerts/{team.alert.id}")).text
    assert "mardi 24 novembre à 13 h" in alert
    assert "mardi 24 novembre à 10 h" not in alert
    person = (await browser.page(f"/console/people/{team.awa.id}")).text
    assert "mardi 24 novembre à 13 h" in person
