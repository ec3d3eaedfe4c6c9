"""The pages of the laboratory, one row a page, in the order of the navigation; nothing else lists them.

A new page: a file that shows it, and a row here. `dashboard.py` reads the rows before PyTorch is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page."""

    address: str  # the last part of its URL; the front page has none, and its name leads there
    title: str
    icon: str
    lesson: str  # what a class learns there, in a sentence or two; empty: the front page, which shows all
    file: str  # from the folder of dashboard.py, or absolute
    former: tuple[str, ...] = ()  # addresses that it had before: links to them still open it
    main: tuple[str, ...] = ()  # keys of its main actions: the skip link leads to the first that is there


PAGES: tuple[Page, ...] = (
    Page("start", "Start", ":material/home:", "", "pages/start.py", main=("first",)),
    Page(
        "train",
        "Train",
        ":material/school:",
        "Press one button and watch a model learn, epoch by epoch: how well it redraws each image, what "
        "is lost, and what it costs.",
        "pages/train.py",
        main=("train",),
    ),
    Page(
        "sweep",
        "Sweep",
        ":material/show_chart:",
        "Train many sizes at once and watch the curves grow: what does a larger code buy, and what does it "
        "cost?",
        "pages/sweep.py",
        main=("sweep-start",),
    ),
    Page(
        "denoise",
        "Denoise",
        ":material/blur_on:",
        "Drag the noise level and see at once what a model does with it: where does it help, and where does "
        "it invent?",
        "pages/denoise.py",
        main=("noise-scene",),
    ),
    Page(
        "recognise",
        "Recognise",
        ":material/visibility:",
        "Let a second network read the pictures that came back: how far can an image be compressed before "
        "nobody can tell what it is?",
        "pages/recognise.py",
        main=("train-recogniser-form", "measure-recognise"),
    ),
    Page(
        "compress",
        "Compress",
        ":material/compress:",
        "Make a file of a picture's code and weigh it: how many bytes does a digit take, and what do JPEG, "
        "WebP, AVIF and PNG need for it?",
        "pages/compress.py",
        main=("compressed_run",),
    ),
    Page(
        "latent",
        "Latent",
        ":material/tune:",
        "Take the code into your hand: drag its numbers, walk from one image to another, and find the places "
        "where no digit lives.",
        "pages/latent.py",
        main=("latent_run",),
    ),
    Page(
        "picture",
        "Your picture",
        ":material/add_a_photo:",
        "Show a model your face, your photograph, your handwriting: it can only draw what it has learnt.",
        "pages/picture.py",
        former=("foreign",),
        main=("picture_source",),
    ),
    Page(
        "colour",
        "Colour",
        ":material/palette:",
        "Are photographs harder to compress than digits, and by how much? One chart, at equal compression.",
        "pages/colour.py",
        main=("train", "sweep-start", "equal-start"),
    ),
    Page(
        "lab",
        "Lab",
        ":material/science:",
        "All experiments of a student's lab report at one click, its numbers beside ours, and a hand-out to "
        "take home.",
        "pages/lab.py",
        main=("lab-run", "lab-stop", "lab-list"),
    ),
    Page(
        "runs",
        "Runs",
        ":material/inventory_2:",
        "All models trained so far, side by side: what does a larger code, another layer or more time buy?",
        "pages/runs.py",
        main=("filters", "first"),
    ),
)


def page(address: str) -> Page:
    """The page of this address, which is one of them."""
    return next(page for page in PAGES if page.address == address)


def main_action(address: str) -> tuple[str, ...]:
    """The keys of the main actions of the page of this address; none of an unknown one."""
    return next((page.main for page in PAGES if page.address == address), ())


def path(address: str) -> str:
    """What follows the address of the dashboard in a link to this page; nothing for the front page."""
    return "" if address == PAGES[0].address else address


def address_now(former: str) -> str:
    """Where a page is that had this address before, as a link beside it says it; "": none had.

    The front page is where no address is: Streamlit knows no page of its name.
    """
    if former == PAGES[0].address:
        return "."
    return next((page.address for page in PAGES if former in page.former), "")
