"""What a section consists of; the page and the hand-out draw the same blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from plotly.graph_objects import Figure

from autoenc.numerals import short
from autoenc.schema import Images

Cell = str | int | float | None  # None: nothing is known
DIGITS = 4  # significant ones, in a table for people
UNKNOWN = "–"


@dataclass(frozen=True)
class Table:
    """Numbers as they are in the files, unrounded: whoever shows them rounds them."""

    key: str  # unique in a hand-out; the name of its CSV
    title: str
    columns: tuple[str, ...]  # with units: `seconds`, `test loss (MSE per pixel)`
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure, what it shows in words, and the numbers in it."""

    key: str
    title: str  # a question, or what is seen
    figure: str = field(repr=False)  # plotly's JSON
    numbers: Table = field(repr=False)
    caption: str = ""  # computed from the numbers


def shown(cell: Cell) -> str:
    """A cell for people: four digits, thousands with commas."""
    match cell:
        case None:
            return UNKNOWN
        case bool() | str():
            return str(cell)
        case int():
            return f"{cell:,}"
        case float():
            return short(cell, DIGITS)


def untitled(figure: Figure) -> str:
    """Its JSON without a title of its own: a chart's block has one."""
    figure.layout.title.text = ""
    return str(figure.to_json())


@dataclass(frozen=True)
class Strip:
    """Pictures in a row."""

    label: str  # `Original`, `MLP 1`
    images: Images
    notes: tuple[str, ...] = ()  # one below each picture: its class, its PSNR


@dataclass(frozen=True)
class Pictures:
    """Rows of pictures, one below the other, of the same images."""

    key: str
    title: str
    strips: tuple[Strip, ...]
    caption: str = ""
    numbers: Table | None = field(default=None, repr=False)  # those of the notes


@dataclass(frozen=True)
class Printed:
    """Text as a program prints it."""

    key: str
    title: str
    text: str
    caption: str = ""


Block = Chart | Pictures | Table | Printed
