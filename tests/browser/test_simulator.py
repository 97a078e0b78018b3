"""What the README promises, in a real browser: a message, an alert, its acknowledgement, a reminder answered."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

DANGER = "je dors dehors ce soir avec mon fils"


def write(page: Page, text: str) -> None:
    """Write a message on the phone and send it."""
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Envoyer").click()


def phone(page: Page) -> Page:
    """The page, once it shows somebody's phone."""
    expect(page.locator("#person option")).not_to_have_count(0)
    return page


def test_a_danger_is_written_seen_read_and_closed_with_a_note(windows: Windows) -> None:
    page = phone(windows.open())
    write(page, DANGER)
    conversation, alerts = page.locator("#conversation"), page.locator("#alerts li.card")
    expect(conversation.locator("li.companion")).to_contain_text("115")
    expect(alerts).to_have_count(1)
    expect(alerts).to_contain_text("danger · Awa Démo")
    expect(alerts).to_contain_text(DANGER)
    expect(alerts).to_contain_text("référent : prévenu")
    expect(page.locator("#told")).to_contain_text("ouvrez la console")
    expect(page.locator("#told")).not_to_contain_text("dehors")
    alerts.get_by_role("button", name="J'ai lu, je m'en occupe").click()
    expect(alerts).to_contain_text("vue par Claire")
    expect(conversation).to_contain_text("Claire a lu ton message")
    page.on("dialog", lambda dialog: dialog.accept("Appelée, hébergée pour la nuit."))
    alerts.get_by_role("button", name="Écrire une note et clore").click()
    expect(page.locator("#alerts")).to_contain_text("Aucune alerte ouverte.")
    expect(conversation).to_contain_text("Claire a pris en charge ton message")


def test_an_alert_nobody_opens_goes_on_as_time_passes(windows: Windows) -> None:
    page = phone(windows.open())
    write(page, DANGER)
    expect(page.locator("#alerts")).to_contain_text("responsable : prévu")
    page.get_by_role("button", name="+ 1 heure").click()
    expect(page.locator("#alerts")).to_contain_text("responsable : prévenu")
    expect(page.locator("#alerts")).to_contain_text("ligne de la structure : prévenu")


def test_the_next_reminder_arrives_and_a_button_answers_it(windows: Windows) -> None:
    page = phone(windows.open())
    page.get_by_role("button", name="Prochain rappel").click()
    reminder = page.locator("#conversation li.companion").last
    expect(reminder).to_contain_text("rappel")
    reminder.get_by_role("button", name="Oui, c'est bon").click()
    expect(page.locator("#appointments")).to_contain_text("confirmé")
    expect(page.locator("#conversation li.companion").last).to_contain_text("c'est noté")
    with page.expect_download() as download:
        page.get_by_role("link", name="Ouvrir le fichier").last.click()
    assert download.value.suggested_filename == "rendez-vous.ics"


def test_messages_sent_quickly_are_all_sent_in_their_order(windows: Windows) -> None:
    page = phone(windows.open())
    page.evaluate(
        """(texts) => texts.forEach((text) => {
            document.getElementById("text").value = text;
            document.getElementById("say").requestSubmit();
        })""",
        ["bonjour", "merci", "au revoir"],
    )
    said = page.locator("#conversation li.person")
    expect(said).to_have_count(3)
    for place, text in enumerate(("bonjour", "merci", "au revoir")):
        expect(said.nth(place)).to_contain_text(text)
    expect(page.locator("#conversation li.companion")).to_have_count(3)


def test_what_is_written_is_shown_as_words_and_never_run(windows: Windows) -> None:
    page = phone(windows.open())
    hostile = "<img src=x onerror=\"document.title='volé'\"> je dors dehors ce soir"
    write(page, hostile)
    expect(page.locator("#conversation li.person")).to_contain_text(hostile)
    expect(page.locator("#alerts q")).to_have_text(hostile)
    assert "volé" not in page.title()


def test_another_person_has_a_phone_of_their_own(windows: Windows) -> None:
    page = phone(windows.open())
    write(page, "bonjour")
    expect(page.locator("#conversation li.companion")).to_have_count(1)
    page.get_by_label("J'écris comme").select_option(label="Maryam Démo")
    expect(page.locator("#who")).to_have_text("Maryam Démo")
    expect(page.locator("#conversation")).to_contain_text("Écris un premier message.")
    expect(page.locator("#plan")).to_contain_text("Cours de français")


def test_the_page_fits_a_phone_and_every_field_has_a_name(windows: Windows) -> None:
    page = phone(windows.open(phone=True))
    write(page, DANGER)
    expect(page.locator("#alerts li.card")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('input,select')].every((field) => field.labels.length)"
    )
