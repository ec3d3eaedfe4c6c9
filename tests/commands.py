"""Commands given as a person gives them, in this process or in one of their own, and what they answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autoenc import cli

ROOT = Path(__file__).parents[1]
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


def started(*arguments: str, **how: Any) -> subprocess.Popen[str]:
    """A command as a process of its own, in a group of its own, with one worker."""
    command = [sys.executable, "-m", "autoenc", *arguments]
    pipe, env = subprocess.PIPE, {**os.environ, "AUTOENC_WORKERS": "1"}
    # A child ignores what its parent ignores, and tests in the background ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command, cwd=ROOT, env=env, text=True, stdout=pipe, stderr=pipe, start_new_session=True, **how
        )
    finally:
        signal.signal(signal.SIGINT, before)
