"""What the README promises, done with a real browser: a message, an alert, its acknowledgement, a reminder."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

pytestmark = pytest.mark.browser


def write(page: Page, text: str) -> None:
    """Write as the person chosen."""
    page.fill("#text", text)
    page.click("#say button")


def test_a_danger_is_answered_alerted_acknowledged_and_closed(page: Page) -> None:
    write(page, "je dors dehors ce soir")
    expect(page.locator("#conversation li.companion").last).to_contain_text("115")
    alert = page.locator("#alerts .card")
    expect(alert).to_contain_text("danger · Awa Démo")
    expect(alert.locator("q")).to_have_text("je dors dehors ce soir")
    expect(page.locator("#told")).to_contain_text(re.compile(r"Alerte \d+"))
    expect(page.locator("#told")).not_to_contain_text("dehors")

    alert.get_by_role("button", name="J'ai lu, je m'en occupe").click()
    expect(alert).to_contain_text("vue par Claire")
    expect(page.locator("#conversation li.companion").last).to_contain_text("Claire")

    def note(dialog: Dialog) -> None:
        dialog.accept("Appelée : hébergée chez une amie.")

    page.once("dialog", note)
    alert.get_by_role("button", name="Écrire une note et clore").click()
    expect(page.locator("#alerts")).to_contain_text("Aucune alerte ouverte.")


def test_time_moves_to_a_reminder_that_is_answered_with_a_button(page: Page) -> None:
    page.get_by_role("button", name="Prochain rappel").click()
    reminder = page.locator("#conversation li.companion", has=page.locator(".choices")).last
    expect(reminder).to_contain_text("rendez-vous")
    reminder.get_by_role("button", name="Oui, c'est bon").click()
    expect(page.locator("#appointments")).to_contain_text("confirmé")


def test_an_alert_nobody_opens_goes_on_to_the_next(page: Page) -> None:
    write(page, "il va me tuer, il est en bas")
    expect(page.locator("#alerts .card")).to_be_visible()
    before = page.locator("#alerts .card li", has_text="prévenu").count()
    page.get_by_role("button", name="+ 10 min").click()
    expect(page.locator("#alerts .card li", has_text=re.compile(": prévenu$"))).not_to_have_count(before)


def test_what_is_written_is_shown_as_text_and_never_as_markup(page: Page) -> None:
    write(page, "<img src=x onerror=alert(1)> je veux mourir")
    expect(page.locator("#alerts q")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#conversation img").count() == 0


@pytest.mark.parametrize("width", [360, 390])
def test_the_console_fits_a_phone_and_needs_no_script(
    browser: Browser, page: Page, address: str, width: int
) -> None:
    write(page, "je dors dehors ce soir")
    expect(page.locator("#alerts .card")).to_be_visible()
    way_in = page.get_attribute("#console", "href")
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(f"{address}{way_in}")
    for link in ("Personnes", "Équipe", "À traiter"):
        _fits(phone, width)
        phone.get_by_role("link", name=link).click()
    phone.get_by_role("link", name=re.compile("Alerte")).first.click()
    _fits(phone, width)
    phone.get_by_role("button", name="J'ai lu, je m'en occupe").click()
    expect(phone.get_by_role("status")).to_have_text("C'est fait.")
    phone.get_by_label("Ce qui a été fait").fill("Appelée, abri trouvé.")
    phone.get_by_role("button", name="Noter et clore").click()
    expect(phone.locator("main")).to_contain_text("Aucune alerte ouverte.")
    context.close()


def _fits(phone: Page, width: int) -> None:
    box = phone.locator("main").bounding_box()
    assert box
    assert box["x"] + box["width"] <= width + 1
    for button in phone.get_by_role("button").all():
        size = button.bounding_box()
        if size:
            assert size["x"] + size["width"] <= width + 1
            assert size["height"] >= 40, "a thumb needs 40 pixels"
