"""How soon a page answers a key or a press on a link, beside plain Streamlit; parts of page_speed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Browser

from autoenc import datasets, recipes
from autoenc.schema import Noise, TrainConfig
from benchmarks.dashboards import dashboard
from benchmarks.page_probes import LATENT_SIZE, Control, change, navigate, visitor, wait_for_workers
from benchmarks.page_rows import MS, Row, trained

PLAIN, PLAIN_PAGES = "benchmarks/plain_page.py", "benchmarks/plain_pages.py"
CHANGES, WARM_UP = 10, 2  # of the control, on each page
# Of each page, and the times of a plain page that are aimed at.
CONTROLS = {
    "Train": (LATENT_SIZE, 1.5),
    "Sweep": (Control(".st-key-depths button:has-text('2')", "Enter", ".st-key-go", r"^\d+ run"), 2),
    "Denoise": (
        # The level of the noise, which the browser writes with the pictures; the server hears of it later.
        Control(".st-key-noise-scene input[type=range]", "ArrowRight", ".st-key-noise-scene", r"^\d\.\d\d"),
        2,
    ),
    "Colour": (LATENT_SIZE, 2),
}
ROUNDS = 3  # through all pages
TITLES = ("First page", "Second page")  # of the plain pages
HEADINGS = {  # by the titles in the navigation
    "Train": "Train an autoencoder",
    "Sweep": "Compare code sizes",
    "Denoise": "Remove noise",
    "Recognise": "Can it still be read?",
    "Compress": "Compress",
    "Your picture": "Show a model your picture",
    "Colour": "Train on colour images",
    "Runs": "1 run",
    "Start": "What is an autoencoder?",
}

# ---------------------------------------------------------------- a control is changed


def control_changes(browser: Browser, folder: Path) -> Iterator[Row]:
    """The first control of each page that has something to say, beside the result that a class looks at."""
    links = _links_of_a_class()
    with dashboard(folder) as ours, dashboard(folder / "plain", script=PLAIN) as plain:
        wait_for_workers(browser, ours.address)
        for name, (control, target) in CONTROLS.items():
            with (
                visitor(browser, f"{ours.address}/{links[name]}") as page,
                visitor(browser, plain.address) as other,
            ):
                for one in (page, other):
                    one.locator(".js-plotly-plot").first.wait_for()
                page.locator(control.node).first.wait_for(state="attached")
                turns = range(WARM_UP + CHANGES)
                both = [(change(page, control), change(other, LATENT_SIZE)) for _ in turns][WARM_UP:]
            for at, until in enumerate(("text", "at rest")):
                sides = (tuple(pair[side][at] for pair in both) for side in (0, 1))
                yield Row(f"{name}, {until}", MS, target, *sides)


def _links_of_a_class() -> dict[str, str]:
    """A link to each page of CONTROLS with what it shows: trained now, or come with the program."""
    dataset = datasets.default_name()
    run_id = trained(TrainConfig(dataset=dataset, latent_size=2, epochs=10 if dataset == "mnist" else 100))
    denoiser = trained(TrainConfig(dataset, noise=Noise("gaussian", 1, up_to=True), epochs=1))
    colour = recipes.colour_dataset(datasets.catalogue())
    in_colour = trained(TrainConfig(colour, latent_size=2, epochs=2, train_images=2000))
    compared = f"plain={run_id}&denoiser={denoiser}&methods="
    return {
        "Train": f"train?run={run_id}",
        "Sweep": "sweep",
        "Denoise": f"denoise?noise=gaussian:0.3&dataset={dataset}&{compared}",
        "Colour": f"colour?run={in_colour}",
    }


# ---------------------------------------------------------------- from page to page


def navigations(browser: Browser, folder: Path) -> Iterator[Row]:
    """Every page by a press in the navigation, after all of them have been there once."""
    trained(TrainConfig(dataset=datasets.default_name(), epochs=1))
    took: dict[str, list[tuple[float, float]]] = {heading: [] for heading in (*HEADINGS.values(), *TITLES)}
    titles = cycle(TITLES[::-1])
    with dashboard(folder) as ours, dashboard(folder / "plain", script=PLAIN_PAGES) as plain:
        wait_for_workers(browser, ours.address)
        with visitor(browser, ours.address) as page, visitor(browser, plain.address) as other:
            for _ in range(1 + ROUNDS):
                for title, heading in HEADINGS.items():
                    took[heading].append(navigate(page, title, heading))
                    plain_title = next(titles)
                    took[plain_title].append(navigate(other, plain_title, plain_title))
    plain_pages = [one for title in TITLES for one in took[title][ROUNDS:]]
    for at, until in enumerate(("words", "at rest")):
        others = tuple(one[at] for one in plain_pages)
        for title, heading in HEADINGS.items():
            yield Row(f"to {title}, {until}", MS, 1.5, tuple(one[at] for one in took[heading][1:]), others)
        every = tuple(one[at] for heading in HEADINGS.values() for one in took[heading][1:])
        yield Row(f"to any page, {until}", MS, 1.5, every, others)
