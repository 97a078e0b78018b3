"""The console in a real browser: on a small phone, and without any script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"
WITHOUT_A_LABEL = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter((field) => !field.labels.length).map((field) => field.name)"""
TOO_SMALL_TO_TOUCH = """[...document.querySelectorAll('button, summary, nav a, a.button, a.whole')]
    .map((target) => [target.textContent.trim(), target.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 40 || box.width < 40))
    .map(([words, box]) => `${words}: ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def an_alert(windows: Windows) -> None:
    """Awa writes a danger and a message for Claire."""
    page = windows.open()
    expect(page.locator("#person option")).not_to_have_count(0)
    page.get_by_label("Message", exact=True).fill("je dors dehors ce soir")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#alerts li.card")).to_have_count(1)
    page.get_by_role("button", name="Message vocal").click()
    expect(page.locator("#todos li.card")).not_to_have_count(0)


@pytest.mark.parametrize("width", [360, 390])
def test_every_page_fits_a_phone(windows: Windows, width: int) -> None:
    an_alert(windows)
    page = windows.console("Claire", phone=True)
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("heading", name="À traiter")).to_be_visible()
    alert = page.get_by_role("link", name="Alerte").get_attribute("href")
    page.goto(windows.served.url + "/console/people")
    person = page.get_by_role("link", name="Awa Démo").get_attribute("href")
    paths = ("/console", alert, "/console/people", person, "/console/import", "/console/team")
    for path in (*paths, "/console/sign-in"):
        page.goto(f"{windows.served.url}{path}")
        check_that_all_fits(page)


def check_that_all_fits(page: Page) -> None:
    """The page, with all that can be unfolded: no wider than the screen, labelled, large enough to touch."""
    page.wait_for_load_state()  # a page reached by a button may still wait for its style
    for summary in page.locator("summary").all():
        summary.click()
    assert not page.evaluate(WIDER_THAN_THE_SCREEN), page.url
    assert page.evaluate(WITHOUT_A_LABEL) == [], page.url
    assert page.evaluate(TOO_SMALL_TO_TOUCH) == [], page.url


@pytest.mark.parametrize("width", [320, 360])
def test_the_administrators_team_page_fits_a_phone_and_gives_the_code_of_the_line(
    windows: Windows, width: int
) -> None:
    page = windows.console("Ada", phone=True)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("link", name="Équipe").click()
    expect(page.get_by_text("Reliée par le simulateur.")).to_be_visible()
    check_that_all_fits(page)
    page.get_by_role("button", name="Relier la ligne de la structure").click()
    expect(page.locator(".code")).to_have_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"))
    check_that_all_fits(page)


def test_a_step_is_changed_on_a_phone_without_scripts(windows: Windows) -> None:
    page = windows.console("Claire", phone=True, scripts=False)
    page.set_viewport_size({"width": 320, "height": 800})
    page.get_by_role("link", name="Personnes").click()
    page.get_by_role("link", name="Awa Démo").click()
    step = page.get_by_role("listitem").filter(has_text="Refaire mon CV")
    step.get_by_text("Modifier").click()
    expect(step.get_by_label("Étape, avec des mots simples")).to_have_value("Refaire mon CV")
    step.get_by_label("Combien (facultatif)").fill("2")
    step.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("C'est fait.")
    expect(step).to_contain_text("0 sur 2")


def test_long_words_do_not_widen_the_page(windows: Windows) -> None:
    page = windows.open()
    expect(page.locator("#person option")).not_to_have_count(0)
    page.get_by_label("Message", exact=True).fill("je dors dehors ce soir " + "a" * 900)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#alerts li.card")).to_have_count(1)
    small = windows.console("Claire", phone=True)
    small.get_by_role("link", name="Alerte").click()
    expect(small.locator("blockquote")).to_contain_text("aaa")
    small.wait_for_load_state()  # its style sheet may come after its words
    assert not small.evaluate(WIDER_THAN_THE_SCREEN)


def read_and_close(page: Page) -> None:
    """From the first page to the closed alert, as a referent does."""
    page.get_by_role("link", name="Alerte").click()
    expect(page.locator("blockquote")).to_contain_text("je dors dehors ce soir")
    page.get_by_role("button", name="J'ai lu, je m'en occupe").click()
    expect(page.get_by_role("status")).to_contain_text("C'est fait.")
    page.get_by_label("Ce qui a été fait").fill("Place trouvée au 115.")
    page.get_by_role("button", name="Noter et clore").click()
    expect(page.locator("main")).to_contain_text("Aucune alerte ouverte.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_alert_is_read_and_closed_on_a_phone(windows: Windows, scripts: bool) -> None:
    an_alert(windows)
    read_and_close(windows.console("Claire", phone=True, scripts=scripts))


def test_the_list_and_a_persons_page_work_without_scripts(windows: Windows) -> None:
    an_alert(windows)
    page = windows.console("Claire", phone=True, scripts=False)
    page.get_by_role("button", name="C'est fait").first.click()
    expect(page.get_by_role("status")).to_contain_text("C'est fait.")
    page.get_by_role("link", name="Personnes").click()
    page.get_by_role("link", name="Awa Démo").click()
    page.get_by_text("Ajouter une étape").click()
    form = page.locator("form[action$='/steps']")
    form.get_by_label("Étape, avec des mots simples").fill("Visiter une entreprise")
    form.get_by_role("button", name="Ajouter").click()
    expect(page.locator("main")).to_contain_text("Visiter une entreprise")
    page.get_by_role("button", name="Quitter (Claire)").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(windows: Windows) -> None:
    page = windows.console("Claire")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
