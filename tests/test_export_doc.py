"""The page about models in other programs: its commands and its code, as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.commands import Ask, ask
from tests.documents import all_done, blocks_of, check

__all__ = ["ask"]  # a fixture

PAGE = Path(__file__).parents[1] / "docs" / "export.md"
COMMAND = re.compile(r"^python -m autoenc (.+)$", re.MULTILINE)
FOLDER = re.compile(r"`(exported/[^`]+)/`")


def test_its_command_writes_the_files_and_its_code_runs_beside_them(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (command,), (folder,) = COMMAND.findall(text), FOLDER.findall(text)
    monkeypatch.chdir(tmp_path)
    assert ask(*shlex.split(command), "--torch-export").code == 0
    written = {path.name for path in (tmp_path / folder).iterdir()}
    assert written >= set(re.findall(r"`(\w+\.(?:onnx|pt2))`", text))

    monkeypatch.chdir(tmp_path / folder)
    code = blocks_of(PAGE)
    assert len(code) == text.count("```python") == 2
    for block, done in zip(code, all_done(code, PAGE.name), strict=True):
        check(block, done)
