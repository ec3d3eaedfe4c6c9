"""Every page for those who hear it or use it by keyboard: what axe-core finds, and what it cannot see.

axe-core is npm's, as the package axe-playwright-python carries it. A page is opened once for all claims; what
opens on it at a press is looked at there, in the theme that is on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, expect

from autoenc import datasets, sweeps
from autoenc.schema import Noise, Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from tests.browser.conftest import HEAD, PATIENCE, OpenPage, Trained, expect_progress, expect_rest
from tests.browser.test_phone import unfold
from tests.browser.test_train_page import SHOWS
from ui.compress.settings import VIEWS as VIEWS_OF_COMPRESSION
from ui.denoise.settings import QUESTIONS
from ui.recognise.settings import VIEWS as VIEWS_OF_RECOGNITION
from ui.registry import PAGES, main_action

THEMES = ("light", "dark")
GRAVE = ("serious", "critical")
HEADINGS = ("heading-order", "page-has-heading-one", "empty-heading")  # less grave for axe, not for us
# What is Streamlit's own and cannot be changed from here: rule -> selector of the element, and why.
THEIRS: Mapping[str, str] = {
    "color-contrast": "[disabled] *",  # the letters of a widget that cannot be used now are pale on purpose
}
MOST_STOPS = 10
READ = r"(, recognised as \d, \d+ % sure)?"  # where the machine has a recogniser
SEEDS = count(1)  # a second try of a test trains anew too
CHART, FILM = ".live-plot", ".st-key-preview"

# The elements that the first Tabs reach: whether anything is seen of the focus, and in which container it is.
FOCUSED = """() => {
  let node = document.activeElement;
  const keys = [];
  for (let at = node; at; at = at.parentElement) keys.push(...at.classList);
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(node);
  return {
    name: node.ariaLabel || node.textContent.slice(0, 40),
    seen: outlineStyle !== "none" || boxShadow !== "none",
    places: keys.filter((name) => name.startsWith("st-key-")).map((name) => name.slice(7)),
  };
}"""
# Rule, impact and element of each fault but theirs; in a component the way to an element is a list. For axe a
# heading that nobody sees is one too.
AXE = """async (theirs) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const isTheirs = (id, [place]) =>
    id in theirs && typeof place === "string" && document.querySelector(place)?.matches(theirs[id]);
  const faults = violations.flatMap(({ id, impact, nodes }) =>
    nodes.filter(({ target }) => !isTheirs(id, target)).map(({ html }) => [id, impact, html.slice(0, 200)]));
  const titled = [...document.querySelectorAll("h1")].some((title) => title.checkVisibility());
  return titled ? faults : [...faults, ["page-has-heading-one", "moderate", document.title]];
}"""
SAVERS = ".save-picture, .live-plot-save button"


@dataclass(frozen=True)
class View:
    """Something that opens on a page."""

    press: str  # what opens it
    shown: str  # what is there then


def tab(title: str) -> str:
    return f'role=tab[name="{title}"]'


VIEWS: Mapping[str, Mapping[str, View]] = {
    "train": {title: View(tab(title), shown) for title, shown in SHOWS.items() if title != "Epoch by epoch"},
    "denoise": {
        title: View(tab(title), f'role=tabpanel[name="{title}"] >> [data-testid=stElementContainer]')
        for title in QUESTIONS.values()
    },
    "recognise": {
        title: View(tab(title), f'role=tabpanel[name="{title}"] >> [data-testid=stElementContainer]')
        for title in list(VIEWS_OF_RECOGNITION.values())[1:]
    },
    "compress": {
        title: View(tab(title), f'role=tabpanel[name="{title}"] >> [data-testid=stElementContainer]')
        for title in list(VIEWS_OF_COMPRESSION.values())[1:]
    }
    | {"drawing": View(".st-key-contest_source >> text=Your drawing", ".st-key-pad canvas.pad")},
    "latent": {
        "Morph": View(tab("Morph"), ".st-key-morph-walk .walk[data-updates]"),
        "drawing": View(".st-key-morph-pad button", ".st-key-pad canvas.pad"),
        "Arithmetic": View(tab("Arithmetic"), ".st-key-sum-walk .walk .unknown"),
        "sum": View(".st-key-sum-show button", ".st-key-lesson-sum"),
        "Map": View(tab("Map"), ".st-key-code-map .map .words >> text=/./"),
        "t-SNE": View(".st-key-map-choices >> text=t-SNE", ".st-key-measure-code-map"),
        "Invent images": View(tab("Invent images"), "[class*=st-key-samples-all-] canvas"),
    },
    "colour": {
        "sweep": View(".st-key-part >> text=Sweep", ".st-key-sweep-start"),
        "harder": View(".st-key-part >> text=Is colour harder?", ".st-key-equal-start"),
    },
    "lab": {
        "All experiments": View(tab("All experiments"), ".st-key-lab-row-images"),
        "numbers": View(tab("The report's numbers"), "text=there is nothing to compare"),
        "Hand-out": View(tab("Hand-out"), ".st-key-handout button"),
    },
    "runs": {
        "address": View(HEAD, "[data-testid=stPopoverBody] p"),
        "presenter": View(".st-key-presenter label", ".st-key-stage"),
    },
}


@dataclass(frozen=True)
class Visit:
    """What was found on a page."""

    faults: Mapping[str, list[tuple[str, str, str]]]  # theme, or view -> rule, impact, element
    savers: Mapping[str, list[str]]  # the same -> names of the buttons that save a picture
    charts: Mapping[str, list[str]]  # the same -> what is said of each
    pictures: list[str]  # the film's names
    unseen: list[str]  # what has the focus, and nothing is seen of it
    n_stops: int  # until the main action has the focus; 0: it never had

    def grave(self, seen: str) -> list[tuple[str, str, str]]:
        return grave(self.faults[seen])


def grave(faults: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [fault for fault in faults if fault[1] in GRAVE or fault[0] in HEADINGS]


@pytest.fixture(scope="module")
def links(checkpoint_folder: Path, trained: Trained) -> dict[str, str]:
    """Each page with finished runs on it."""
    plain, denoiser = trained(8), trained(8, noise=Noise("gaussian", 1.0, up_to=True))
    base = TrainConfig("digits", latent_size=1, epochs=12, train_images=512)
    fingerprint = datasets.load("digits").fingerprint
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOENC_CHECKPOINT_DIR", str(checkpoint_folder))
        sweep = Sweep(base, ("mlp",), (2, 8))
        run_ids = tuple(trained(size).run_id for size in sweep.latent_sizes)
        saved = SavedSweep(sweep, fingerprint, run_ids, wanted=False)
        sweeps.save(saved)
    noise = f"dataset=digits&noise=gaussian:0.3&plain={plain.run_id}&denoiser={denoiser.run_id}"
    shown = {
        "start": "",
        "train": f"train?run={plain.run_id}",
        "sweep": f"sweep?sweep={saved.sweep_id}",
        "denoise": f"denoise?{noise}",
        "compress": f"compress?run={plain.run_id}",
        "latent": f"latent?run={plain.run_id}",
        "picture": f"picture?runs={plain.run_id}",
        "runs": f"runs?runs={','.join(run_ids)}",
    }
    return {page.address: shown.get(page.address, page.address) for page in PAGES}


@pytest.fixture(scope="module")
def visit(desktop: BrowserContext, address: str, links: dict[str, str]) -> Callable[[str], Visit]:
    visits = dict[str, Visit]()

    def visit(page: str) -> Visit:
        if page not in visits:
            link = f"{address}/{links[page]}"
            visits[page] = look_at(desktop, link, main_action(page), VIEWS.get(page, {}))
        return visits[page]

    return visit


def look_at(desktop: BrowserContext, link: str, main: tuple[str, ...], views: Mapping[str, View]) -> Visit:
    """In the light theme, then anew in the dark one: a page that changes its theme does so bit by bit."""
    page = desktop.new_page()
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": 1280, "height": 800})
    faults, savers, charts = {}, {}, {}
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.goto(link)
        expect(page.locator(HEAD).first).to_be_visible()
        expect(page.locator(".autoenc-skip")).to_be_attached()
        expect_rest(page)
        faults[theme], savers[theme], charts[theme] = faults_of(page), savers_of(page), charts_of(page)
    pictures = [str(one.get_attribute("aria-label")) for one in page.locator(f"{FILM} canvas").all()]
    unseen, n_stops = walk(page, main)
    for name, view in views.items():
        page.locator(view.press).click()
        expect(page.locator(view.shown).first).to_be_visible()
        expect_rest(page)
        faults[name], savers[name], charts[name] = faults_of(page), savers_of(page), charts_of(page)
        page.keyboard.press("Escape")  # a pop-over closes
    page.close()
    return Visit(faults, savers, charts, pictures, unseen, n_stops)


def faults_of(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds when the charts are there; what is half faded, in or out, has no contrast."""
    page.emulate_media(reduced_motion="reduce")
    page.add_style_tag(content="[data-stale=true] { opacity: 1 !important; }")  # a script runs at that moment
    for chart in page.locator(f"{CHART}:visible").all():
        expect(chart).to_have_attribute("aria-label", re.compile("."))
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [tuple(fault) for fault in page.evaluate(AXE, dict(THEIRS))]


def charts_of(page: Page) -> list[str]:
    return [
        str(chart.get_attribute("aria-label")) for chart in page.locator(CHART).filter(visible=True).all()
    ]


def savers_of(page: Page) -> list[str]:
    return [
        str(button.get_attribute("aria-label")) for button in page.locator(SAVERS).filter(visible=True).all()
    ]


def walk(page: Page, main: tuple[str, ...]) -> tuple[list[str], int]:
    """Tab by Tab from the beginning of the page; then by the link to the main action.

    Returns:
        What had the focus unseen; how many stops the main action is away.
    """
    unseen = []
    for _ in range(MOST_STOPS + 4):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        unseen += [] if focused["seen"] else [focused["name"]]
    page.locator(".autoenc-skip").focus()
    page.keyboard.press("Enter")
    for n in range(MOST_STOPS):
        if {*main} & {*page.evaluate(FOCUSED)["places"]}:
            return unseen, 1 + n
        page.keyboard.press("Tab")
    return unseen, 0


every_page = pytest.mark.parametrize("page", [page.address for page in PAGES])


@every_page
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious_of_ours_and_headings_in_order(
    visit: Callable[[str], Visit], page: str, theme: str
) -> None:
    assert visit(page).grave(theme) == []


@pytest.mark.parametrize(("page", "view"), [(page, view) for page in VIEWS for view in VIEWS[page]])
def test_nor_does_it_in_what_opens_at_a_press(visit: Callable[[str], Visit], page: str, view: str) -> None:
    assert visit(page).grave(view) == []


def test_nor_on_a_phone_with_its_settings_folded_or_up(open_page: OpenPage, links: dict[str, str]) -> None:
    page = open_page(links["train"], phone=True)
    assert grave(faults_of(page)) == []
    unfold(page)
    expect_rest(page)
    assert grave(faults_of(page)) == []


@pytest.mark.parametrize("phone", [False, True])
def test_nor_in_a_code_of_maps(open_page: OpenPage, trained: Trained, phone: bool) -> None:
    page = open_page(f"latent?run={trained(6, model='conv').run_id}", phone=phone)
    expect(page.locator(".st-key-hand-latent .maps canvas").last).to_be_visible()
    assert grave(faults_of(page)) == []


@pytest.mark.parametrize(
    "page", ["train", "sweep", "denoise", "compress", "latent", "picture", "colour", "runs"]
)
def test_every_button_that_saves_a_picture_names_it_and_no_other(
    visit: Callable[[str], Visit], page: str
) -> None:
    savers = visit(page).savers
    assert any(savers.values())
    for names in savers.values():
        assert len(set(names)) == len(names)
        assert [
            name for name in names if not re.fullmatch(r"Save as (PNG|SVG): (?!undefined|null)\w.+", name)
        ] == []


@every_page
def test_the_main_action_is_within_ten_tab_stops(visit: Callable[[str], Visit], page: str) -> None:
    assert 1 <= visit(page).n_stops <= MOST_STOPS


@every_page
def test_whatever_has_the_focus_shows_it(visit: Callable[[str], Visit], page: str) -> None:
    assert visit(page).unseen == []


@pytest.mark.parametrize(
    ("page", "seen", "n_charts"),
    [
        ("train", "dark", 1),
        ("sweep", "dark", 7),
        ("latent", "Invent images", 1),
        ("picture", "dark", 1),
        ("runs", "dark", 1),
    ],
)
def test_every_chart_is_told_in_a_sentence(
    visit: Callable[[str], Visit], page: str, seen: str, n_charts: int
) -> None:
    charts = visit(page).charts[seen]
    assert len(charts) == n_charts
    assert [chart for chart in charts if not re.search(r": .*\w.*\.$", chart)] == []


def test_the_pictures_of_the_film_are_named_by_class_and_decibels(visit: Callable[[str], Visit]) -> None:
    originals, reconstructions = (visit("train").pictures[first : first + 16] for first in (0, 16))
    assert all(re.fullmatch(rf"image \d+: \d, original{READ}", name) for name in originals)
    after = re.compile(rf"image \d+: \d, reconstruction, \d+\.\d dB{READ}")
    assert all(map(after.fullmatch, reconstructions))


def test_the_pad_is_drawn_on_by_keys(open_page: OpenPage, links: dict[str, str]) -> None:
    page = open_page(f"{links['picture']}&from=draw")
    page.locator(".st-key-pad canvas.pad").focus()
    for key in ("Space", *["ArrowRight"] * 8, *["ArrowDown"] * 8, "Space"):
        page.keyboard.press(key)
    expect(page.locator(".st-key-pad .hint")).to_be_hidden()
    expect(page.get_by_role("heading", name="Your drawing")).to_be_visible()  # the server has it
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".st-key-pad .hint")).to_be_visible()


# ---------------------------------------------------------------- what is spoken

HEAR = """() => {
  window.heard = [];
  const hear = (region) => () => heard.push([region.role, region.textContent]);
  for (const region of document.querySelectorAll(".autoenc-news"))
    new MutationObserver(hear(region)).observe(region, { childList: true });
}"""


def listen(page: Page) -> None:
    expect(page.locator(".autoenc-news")).to_have_count(2)
    page.evaluate(HEAR)


def test_the_start_and_the_end_of_a_run_are_announced_once_and_no_epoch(open_page: OpenPage) -> None:
    page = open_page(f"train?dataset=digits&latent_size=3&epochs=120&train_images=512&seed={next(SEEDS)}")
    listen(page)
    page.locator(".st-key-train button").click()
    expect_progress(page, "Finished: 120 of 120 epochs")
    page.wait_for_function("heard.some(([, text]) => text.startsWith('Training finished'))")
    heard = page.evaluate("heard")
    assert {role for role, _ in heard} == {"status"}
    told = [text.partition(":")[0] for _, text in heard if not text.startswith("Waiting")]
    assert told == ["Training started", "Training finished after 120 epochs"]


def test_only_another_moment_of_the_same_subject_is_news_and_a_failure_interrupts(
    open_page: OpenPage,
) -> None:
    page = open_page("runs")
    listen(page)
    for subject, moment in (
        ("old", "failed"),
        ("a", "running"),
        ("a", "running"),
        ("a", "failed"),
        ("a", "failed"),
    ):
        news = {"key": "run", "subject": subject, "moment": moment, "sentence": f"{subject} {moment}"}
        told = news | {"active": moment == "running", "urgent": moment == "failed"}
        page.evaluate("(news) => autoencNews.push(news)", told)
    page.wait_for_function("heard.length >= 2")
    assert page.evaluate("heard") == [["status", "a running"], ["alert", "a failed"]]


def test_a_page_that_was_opened_after_the_end_announces_nothing(
    open_page: OpenPage, trained: Trained
) -> None:
    page = open_page(f"train?run={trained(8).run_id}")
    expect_progress(page, "Finished")
    expect(page.locator(".autoenc-news")).to_have_count(2)
    assert page.locator(".autoenc-news").all_text_contents() == ["", ""]
