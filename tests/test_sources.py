"""Which autoenc this is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autoenc
from autoenc.sources import VERSION, fingerprint_of

PACKAGE = Path(autoenc.__file__).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__")))


def test_a_copy_of_the_package_is_the_same_version(copy: Path) -> None:
    assert f"{autoenc.__version__}+{fingerprint_of(copy)}" == VERSION


def test_ends_of_lines_and_what_is_no_source_make_no_other_version(copy: Path) -> None:
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (copy / "notes.txt").write_text("nothing that runs")
    assert fingerprint_of(copy) == fingerprint_of(PACKAGE)


def test_a_changed_line_a_new_file_and_a_file_in_another_place_make_another_version(copy: Path) -> None:
    fingerprints = {fingerprint_of(PACKAGE)}
    with (copy / "sessions" / "queue.py").open("a") as file:
        file.write("# changed\n")
    fingerprints.add(fingerprint_of(copy))
    (copy / "new.py").touch()
    fingerprints.add(fingerprint_of(copy))
    (copy / "new.py").rename(copy / "sessions" / "new.py")
    fingerprints.add(fingerprint_of(copy))
    assert len(fingerprints) == 4
