"""Commands given in this process as a person gives them, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from autoenc import cli

QUICK = ("train", "--dataset", "digits", "--latent-size", "4", "--epochs", "2", "--device", "cpu")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=pytest.fail)  # NaN and Infinity are not JSON


Ask = Callable[..., Answer]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Give a command as a person does."""

    def ask(*arguments: str) -> Answer:
        try:
            code = cli.main(arguments)
        except SystemExit as end:  # argparse
            code = end.code if isinstance(end.code, int) else 99
        return Answer(code, *capsys.readouterr())

    return ask


def refused(answer: Answer, code: int) -> str:
    """The one sentence of a failure."""
    assert answer.code == code
    assert answer.out == ""
    sentence, *more = answer.err.splitlines()
    assert more == []
    assert sentence.startswith("autoenc: ")
    assert "Traceback" not in sentence
    return sentence.removeprefix("autoenc: ")
