"""Documents whose code is run: its blocks, and whether they print what the document says."""

from __future__ import annotations

import io
import re
import traceback
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def blocks_of(document: Path) -> list[Block]:
    return list(blocks(document.read_text(encoding="utf-8")))


def all_done(code: Iterable[Block], document: str) -> list[Done]:
    """The blocks in order, in one namespace."""
    names, results = dict[str, Any](), list[Done]()
    for block in code:
        printed, error = io.StringIO(), ""
        try:
            with redirect_stdout(printed):
                exec(compile(block.code, f"{document}, line {block.line}", "exec"), names)
        except Exception:  # noqa: BLE001 - whatever it is, the test of this block fails with it
            error = traceback.format_exc()
        results.append(Done(printed.getvalue(), error))
    return results


def check(block: Block, done: Done) -> None:
    """It ran, and printed what the document says."""
    assert not done.error, done.error
    if block.output is not None:
        assert says(block.output, done.printed), (
            f"the document has\n{block.output}\nbut it prints\n{done.printed}"
        )
