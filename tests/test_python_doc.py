"""The page for Python: each block runs, in order, on a fresh machine, and prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import Block, Done, all_done, blocks, blocks_of, check, says
from tests.places import lie_in

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
MAX_LINES = 5
BLOCKS = blocks_of(PAGE)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """All blocks, on a machine that has no data, runs or measurements."""
    place = tmp_path_factory.mktemp("python")
    with pytest.MonkeyPatch.context() as patch:
        lie_in(place, patch)
        patch.chdir(place)
        return all_done(BLOCKS, PAGE.name)


@pytest.mark.parametrize("n", range(len(BLOCKS)), ids=lambda n: f"line{BLOCKS[n].line}")
def test_a_block_runs_and_prints_what_the_page_says(n: int, done: list[Done]) -> None:
    check(BLOCKS[n], done[n])


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
