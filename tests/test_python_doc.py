"""The page for Python: each block runs, in order, on a fresh machine, and prints what the page says."""

from __future__ import annotations

import io
import re
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.places import lie_in

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
MAX_LINES = 5
CLOSE = 0.02  # of a number that training has given: processors round differently
DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d+")


@dataclass(frozen=True)
class Block:
    """Code of the page, and what it prints; None: the page does not say."""

    line: int
    code: str
    output: str | None


@dataclass(frozen=True)
class Done:
    """What a block has printed, and with which error it ended; "" where it did not."""

    printed: str
    error: str


def blocks(page: str) -> Iterator[Block]:
    fence = re.compile(r"^```python\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
    for match in fence.finditer(page):
        yield Block(page.count("\n", 0, match.start()) + 2, match[1], match[2])


def seen(printed: str) -> str:
    """As a terminal shows it: what stands before a carriage return is written over."""
    lines = (line.rpartition("\r")[2].rstrip() for line in printed.strip("\n").split("\n"))
    return "\n".join(lines)


def says(expected: str, printed: str) -> bool:
    """Whether both have the same words and whole numbers, and about the same decimal fractions."""
    expected, printed = seen(expected), seen(printed)
    if DECIMAL.sub("#", expected) != DECIMAL.sub("#", printed):
        return False
    pairs = zip(DECIMAL.findall(expected), DECIMAL.findall(printed), strict=True)
    return all(abs(float(a) - float(b)) <= CLOSE * abs(float(a)) + _last_place(a) for a, b in pairs)


def _last_place(number: str) -> float:
    return 1.01 * 10.0 ** -len(number.partition(".")[2])


BLOCKS = list(blocks(PAGE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """All blocks in order, in one namespace, on a machine that has no data, runs or measurements."""
    place, names, results = tmp_path_factory.mktemp("python"), dict[str, Any](), list[Done]()
    with pytest.MonkeyPatch.context() as patch:
        lie_in(place, patch)
        patch.chdir(place)
        for block in BLOCKS:
            printed, error = io.StringIO(), ""
            try:
                with redirect_stdout(printed):
                    exec(compile(block.code, f"{PAGE.name}, line {block.line}", "exec"), names)
            except Exception:  # noqa: BLE001 - whatever it is, the test of this block fails with it
                error = traceback.format_exc()
            results.append(Done(printed.getvalue(), error))
    return results


@pytest.mark.parametrize("n", range(len(BLOCKS)), ids=lambda n: f"line{BLOCKS[n].line}")
def test_a_block_runs_and_prints_what_the_page_says(n: int, done: list[Done]) -> None:
    assert not done[n].error, done[n].error
    if (output := BLOCKS[n].output) is not None:
        assert says(output, done[n].printed), f"the page has\n{output}\nbut it prints\n{done[n].printed}"


def test_a_block_has_five_lines_at_most() -> None:
    lines = {block.line: len([line for line in block.code.splitlines() if line.strip()]) for block in BLOCKS}
    assert {line: n for line, n in lines.items() if n > MAX_LINES} == {}
    assert len(BLOCKS) > 15


def test_no_code_of_the_page_is_left_out() -> None:
    assert PAGE.read_text(encoding="utf-8").count("```python") == len(BLOCKS)


def test_a_block_is_found_with_what_it_prints() -> None:
    page = (
        "a\n```python\nx = 1\n\nprint(x)\n```\n\n```\n1\n```\n\nb\n\n```python\ny\n```\n\n```python\nz\n```\n"
    )
    assert list(blocks(page)) == [
        Block(3, "x = 1\n\nprint(x)\n", "1\n"),
        Block(15, "y\n", None),
        Block(19, "z\n", None),
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("loss 0.028", "loss 0.029\n", True),
        ("loss 0.028", "loss 0.038", False),
        ("20.1 dB", "20.4 dB", True),
        ("20.1 dB", "21.1 dB", False),
        ("after epoch 3", "after epoch 4", False),
        ("a", "b", False),
        ("1 of 2", "0 of 2\r1 of 2", True),
        ("1.0", "1.0 2.0", False),
    ],
)
def test_words_and_whole_numbers_are_the_same_and_fractions_are_close(
    expected: str, printed: str, same: bool
) -> None:
    assert says(expected, printed) == same
