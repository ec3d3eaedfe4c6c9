"""The page Runs in real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Trained, download, expect_progress

TABLE = "[data-testid=stDataFrame]"
ROW = 36  # pixels
COMPARISON = ".st-key-comparison .js-plotly-plot"


def test_two_rows_chosen_in_the_table_are_compared_and_one_opens_in_train(
    open_page: OpenPage, trained: Trained
) -> None:
    runs = [trained(latent_size=k, epochs=3) for k in (5, 7)]
    page = open_page("runs")
    find(page, "-e3-")
    expect_rows(page, 2)
    choose_row(page, 0)
    expect(page).to_have_url(re.compile("runs=digits-mlp-k[57]-e3-"))
    choose_row(page, 1)
    expect(page).to_have_url(re.compile("runs=.*k[57]-e3-.*k[57]-e3-"))
    expect_compared(page, 2)
    again = open_page(page.url[page.url.index("runs?") :])
    expect_compared(again, 2)
    choose_row(page, 0)
    page.locator(".st-key-open-run button").first.click()
    expect(page).to_have_url(re.compile(f"/lab/train.*run=({'|'.join(run.run_id for run in runs)})"))
    expect_progress(page, "Finished: 3 of 3 epochs")


def find(page: Page, words: str) -> None:
    field = page.get_by_role("textbox", name="Find")
    field.fill(words)
    field.press("Enter")


def expect_rows(page: Page, n: int) -> None:
    """That the table has this many, below its header."""
    expect(page.locator(f"{TABLE} [role=grid]").first).to_have_attribute("aria-rowcount", str(n + 1))


def choose_row(page: Page, row: int) -> None:
    """Press the box of the row: the table is a picture, in which nothing can be found by name."""
    grid = page.locator(f"{TABLE} .dvn-scroller")
    grid.click(position={"x": ROW / 2, "y": ROW * (row + 1.5)})


def expect_compared(page: Page, n: int) -> None:
    """That as many curves are in the chart, and as many rows below the original images."""
    page.wait_for_function(
        "([chart, n]) => document.querySelector(chart)?._fullData?.length === n", arg=[COMPARISON, n]
    )
    grid = page.locator("[class*=st-key-grid-]")
    expect(grid.locator(".label")).to_have_count(1 + n)
    expect(grid.locator("canvas")).to_have_count(16 * (1 + n))


def test_a_row_is_chosen_although_the_list_has_changed_since_it_was_drawn(
    open_page: OpenPage, trained: Trained
) -> None:
    run_id = trained(latent_size=23, epochs=4).run_id
    page = open_page("runs")
    find(page, "-e4-")
    expect_rows(page, 1)
    trained(latent_size=25, epochs=4)  # the newest stands first
    choose_row(page, 0)
    expect(page).to_have_url(re.compile(f"runs={run_id}$"))
    expect_rows(page, 2)
    expect_compared(page, 1)


def test_where_no_run_has_the_words_that_is_said_and_the_choice_comes_back_with_the_runs(
    open_page: OpenPage, trained: Trained
) -> None:
    run_id = trained(latent_size=27).run_id
    page = open_page(f"runs?runs={run_id}")
    expect_compared(page, 1)
    find(page, "no-such-run")
    expect(page.get_by_text("No matching runs.")).to_be_visible()
    find(page, "")
    expect_compared(page, 1)


def test_an_exported_run_comes_back_by_import_after_it_was_deleted(
    open_page: OpenPage, trained: Trained, checkpoint_folder: Path, tmp_path: Path
) -> None:
    run_id = trained(latent_size=11).run_id
    page = open_page(f"train?run={run_id}&view=export")
    exported = tmp_path / "exported.safetensors"
    exported.write_bytes(download(page, "Checkpoint"))
    page = open_page(f"runs?runs={run_id}")
    delete_chosen(page)
    expect(page.get_by_text("Deleted 1 run.")).to_be_visible()
    assert not (checkpoint_folder / f"{run_id}.safetensors").exists()
    import_dataset(page, exported)
    expect(page.get_by_text(f"Imported {run_id}.")).to_be_visible()
    assert (checkpoint_folder / f"{run_id}.safetensors").read_bytes() == exported.read_bytes()


def delete_chosen(page: Page) -> None:
    page.locator(".st-key-delete-runs button").first.click()
    page.locator(".st-key-delete-for-good button").click()


def import_dataset(page: Page, file: Path) -> None:
    """Choose the file in the box of the page."""
    field = page.locator("input[type=file]")
    if not field.count():
        page.locator(".st-key-import-runs button").first.click()
    field.set_input_files(file)


def test_a_file_that_is_no_run_or_far_too_large_is_refused_in_a_sentence(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("runs")
    nonsense, huge = tmp_path / "nonsense.safetensors", tmp_path / "huge.safetensors"
    for file, megabytes in ((nonsense, 30), (huge, 201)):
        with file.open("wb") as content:
            content.truncate(megabytes * 1024**2)  # zeros, which take no room on the disk
    import_dataset(page, nonsense)
    expect(page.get_by_text("is not a run that can be read")).to_be_visible()
    import_dataset(page, huge)
    expect(page.get_by_role("alert")).to_contain_text(["File must be 200.0MB or smaller."])


def test_of_two_windows_that_delete_one_run_the_second_is_told_and_stays_usable(
    open_page: OpenPage, trained: Trained
) -> None:
    run_id, other = trained(latent_size=13).run_id, trained().run_id
    first, second = (open_page(f"runs?runs={run_id}") for _ in range(2))
    expect_compared(second, 1)
    delete_chosen(first)
    expect(first.get_by_text("Deleted 1 run.")).to_be_visible()
    delete_chosen(second)
    expect(second.get_by_test_id("stAlert")).to_have_count(1)
    expect(second.get_by_test_id("stAlert")).to_contain_text(run_id)
    find(second, other)
    expect_rows(second, 1)
    choose_row(second, 0)
    expect_compared(second, 1)


def test_a_run_deleted_while_train_shows_it_is_told_in_one_sentence(
    open_page: OpenPage, trained: Trained
) -> None:
    run_id = trained(latent_size=17).run_id
    page = open_page(f"train?run={run_id}")
    expect_progress(page, "Finished")
    runs_page = open_page(f"runs?runs={run_id}")
    delete_chosen(runs_page)
    expect(runs_page.get_by_text("Deleted 1 run.")).to_be_visible()
    expect(page.get_by_text("This run is not on this machine any more.")).to_be_visible()  # within seconds
    page.get_by_role("slider", name="Latent size").press("ArrowRight")
    expect(page.locator(".st-key-train button")).to_be_enabled()


def test_nonsense_among_the_runs_of_a_link_chooses_nothing(open_page: OpenPage, trained: Trained) -> None:
    run_id = trained().run_id
    page = open_page(f"runs?runs=../../x,%3Cimg%20src%3Dx%3E,{run_id}")
    expect_compared(page, 1)
    expect(page).to_have_url(re.compile(f"runs\\?runs={run_id}$"))
    assert page.locator("img[src=x]").count() == 0
