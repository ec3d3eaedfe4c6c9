"""What the browser fetches: published once, found from any page, and removed when nothing serves it now."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import time

import numpy as np
import pytest

from autoenc.errors import AutoencError
from ui.components import WEEK, fetched, publish, sprites


def put(folder: Path, name: str, age: float) -> Path:
    path = folder / name
    path.write_bytes(b"x")
    os.utime(path, (time() - age, time() - age))
    return path


def test_a_new_copy_removes_those_that_nothing_published_for_a_week(tmp_path: Path) -> None:
    names = ("plot-0123abcd.js", "plotly-6.0.0.min.js", "plot-0xy.part")
    old = [put(tmp_path, name, WEEK + 60) for name in names]
    beside = put(tmp_path, "plot-4567abcd.js", WEEK - 60)  # another version may be running
    others = [put(tmp_path, name, 9 * WEEK) for name in ("icon.png", "mine.js", ".gitkeep")]
    assert publish("plot-89abcdef.js", b"new", tmp_path) == "app/static/plot-89abcdef.js"
    assert [path for path in old if path.exists()] == []
    assert all(path.exists() for path in (beside, *others, tmp_path / "plot-89abcdef.js"))


def test_what_a_dashboard_publishes_again_is_young_again(tmp_path: Path) -> None:
    still_served = put(tmp_path, "plot-0123abcd.js", 2 * WEEK)
    publish("plot-0123abcd.js", b"x", tmp_path)
    publish("plot-89abcdef.js", b"new", tmp_path)
    assert still_served.read_bytes() == b"x"


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "static").write_bytes(b"a file where the folder should be")
    with pytest.raises(AutoencError, match=r"needs static/plot-0123abcd\.js, .* make it writable"):
        publish("plot-0123abcd.js", b"x", tmp_path / "static")


def test_no_component_knows_where_the_dashboard_is_served() -> None:
    """A path from the root, or an origin, would miss the prefix that a proxy puts before it."""
    code = fetched("forward_pass", "keep.js", "sprites.js", "forward_pass.js")
    assert 'new URL("app/static/forward_pass-' in code
    assert "origin" not in code


def test_pictures_for_all_who_watch_are_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    all_are_here, written, write = Barrier(20), list[int](), sprites._webp

    def counted(images: np.ndarray) -> bytes:
        written.append(len(images))
        return write(images)

    def look() -> sprites.Sprite:
        all_are_here.wait(60)
        return sprites.sprite(images.copy())  # each viewer's run of the page has its own

    images = np.random.default_rng(7).integers(0, 256, (16, 1, 28, 28), np.uint8)
    monkeypatch.setattr(sprites, "_webp", counted)
    with ThreadPoolExecutor(20) as threads:
        seen = {id(answer.result(60)) for answer in [threads.submit(look) for _ in range(20)]}
    assert (written, len(seen)) == ([16], 1)
