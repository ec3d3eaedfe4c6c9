"""What the browser fetches: published once, found from any page, and removed when nothing serves it now."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import time

import numpy as np
import pytest

from autoenc.errors import AutoencError
from tests.runs import ROOT
from ui.components import DAY, WEEK, fetched, keep_young, publish, remove_old, sprites


def put(folder: Path, name: str, age: float) -> Path:
    path = folder / name
    path.write_bytes(b"x")
    os.utime(path, (time() - age, time() - age))
    return path


def test_what_no_dashboard_has_needed_for_a_week_is_removed_at_the_start(tmp_path: Path) -> None:
    names = ("plot-0123abcd.js", "plot-0123abcd.wasm", "plotly-6.0.0.min.js", "plot-0xy.part")
    old = [put(tmp_path, name, WEEK + 60) for name in names]
    beside = put(tmp_path, "plot-4567abcd.js", WEEK - 60)  # another version may be running
    others = [put(tmp_path, name, 9 * WEEK) for name in ("icon.png", "mine.js", ".gitkeep")]
    remove_old(tmp_path)
    assert [path for path in old if path.exists()] == []
    assert all(path.exists() for path in (beside, *others))


def test_a_static_folder_that_is_not_there_yet_hinders_no_start(tmp_path: Path) -> None:
    remove_old(tmp_path / "static")


def test_what_a_dashboard_publishes_again_is_young_again(tmp_path: Path) -> None:
    still_served = put(tmp_path, "plot-0123abcd.js", 2 * WEEK)
    assert publish("plot-0123abcd.js", b"x", tmp_path) == "app/static/plot-0123abcd.js"
    assert time() - still_served.stat().st_mtime < DAY


def test_what_this_dashboard_serves_stays_however_old_it_is(tmp_path: Path) -> None:
    publish("plot-0123abcd.js", b"x", tmp_path)
    served = put(tmp_path, "plot-0123abcd.js", 2 * WEEK)
    remove_old(tmp_path)
    assert served.exists()


def test_a_dashboard_that_runs_for_weeks_keeps_what_it_serves_from_those_that_start(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from ui.components import remove_old; "
    start = [sys.executable, "-c", code + "remove_old(Path(sys.argv[1]))", str(tmp_path)]
    publish("plot-0123abcd.js", b"x", tmp_path)
    put(tmp_path, "plot-0123abcd.js", 2 * WEEK)
    put(tmp_path, "plot-4567abcd.js", 2 * WEEK)
    keep_young()
    subprocess.run(start, cwd=ROOT, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["plot-0123abcd.js"]


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "static").write_bytes(b"a file where the folder should be")
    with pytest.raises(AutoencError, match=r"needs .*plot-0123abcd\.js, .* make it writable"):
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
