"""What a package exports says what it is, and an array its shape; the pages of `make docs` have it all."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import autoenc

ROOT = Path(__file__).parents[1]
ARRAY = re.compile(r"\b(?:Tensor|NDArray|ndarray|Picture|Pixels|Floats|Bytes)\b")
NAMED_ARRAYS = re.compile(r"\b(?:Mapping|Callable)\[")  # of which each has a shape of its own
SHAPE = re.compile(r"\([^()]*,[^()]*\)")  # (B, C, H, W) or (N,)


def packages() -> list[str]:
    found = pkgutil.walk_packages(autoenc.__path__, "autoenc.")
    return ["autoenc", *(one.name for one in found if one.ispkg)]


def exported() -> Iterator[tuple[str, Any]]:
    """Functions and classes that a package lists, `package.name` each."""
    yield "autoenc.load", autoenc.load
    for package in packages():
        module = import_module(package)
        for name in getattr(module, "__all__", ()):
            one = getattr(module, name)
            if inspect.isfunction(one) or inspect.isclass(one):
                yield f"{package}.{name}", one


def docstring(one: Any) -> str:
    """Its own; a dataclass without one is given its signature, which says nothing."""
    text = one.__doc__ or ""
    return "" if inspect.isclass(one) and text.startswith(f"{one.__name__}(") else text


def silent_about_shapes(function: Callable[..., Any]) -> bool:
    """Whether it takes or gives an array and names no shape."""
    kinds = [str(kind) for kind in function.__annotations__.values()]
    has_array = any(ARRAY.search(kind) and not NAMED_ARRAYS.search(kind) for kind in kinds)
    return has_array and not SHAPE.search(docstring(function))


def test_what_is_exported_has_a_docstring() -> None:
    assert len(list(exported())) > 300
    assert [name for name, one in exported() if not docstring(one)] == []


def test_a_function_of_arrays_names_their_shapes() -> None:
    functions = [(name, one) for name, one in exported() if inspect.isfunction(one)]
    assert [name for name, one in functions if silent_about_shapes(one)] == []


def test_a_function_that_is_silent_is_found() -> None:
    def silent(x: Tensor) -> None:  # type: ignore[name-defined]  # noqa: F821
        """The images, one after the other (all of them)."""

    def named(weights: Mapping[str, Tensor]) -> None:  # type: ignore[name-defined]  # noqa: F821
        """By name."""

    def spoken(x: Tensor) -> None:  # type: ignore[name-defined]  # noqa: F821
        """The images, (B, C, H, W)."""

    assert [silent_about_shapes(f) for f in (silent, named, spoken)] == [True, False, False]


@pytest.mark.parametrize(
    "name",
    ["load", "checkpoints.write", "checkpoints.load", "pictures.fitted", "jobs.result", "sweeps.train"],
)
def test_the_functions_of_the_page_for_python_say_what_they_raise(name: str) -> None:
    assert "Raises:" in docstring(dict(exported())[f"autoenc.{name}"])


# ---------------------------------------------------------------- the pages


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make docs` writes, by its own command."""
    folder = tmp_path_factory.mktemp("docs")
    recipe = subprocess.run(
        ["make", "--dry-run", "--always-make", "docs", f"DOCS={folder}"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    (command,) = [line for line in recipe.splitlines() if " -m pdoc " in line]
    arguments = command[command.index("-m pdoc") :].split()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    assert "Warn" not in done.stderr, done.stderr
    return folder


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("autoenc", ["load"]),
        ("autoenc/checkpoints", ["new_run", "write", "load_trained", "import_file"]),
        ("autoenc/datasets", ["load", "Dataset", "names"]),
        ("autoenc/jobs", ["result", "TrainJob", "CurveJob"]),
        ("autoenc/metrics", ["psnr_db", "ssim"]),
        ("autoenc/pictures", ["fitted", "open_picture", "save"]),
        ("autoenc/schema", ["TrainConfig", "Run", "Sweep"]),
        ("autoenc/sweeps", ["train", "follow", "rows", "as_markdown"]),
        ("autoenc/training", ["begin", "train", "as_float", "as_pixels"]),
    ],
)
def test_the_pages_hold_what_a_researcher_calls(page: str, names: list[str], site: Path) -> None:
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    assert [name for name in names if f'id="{name}"' not in html] == []


def test_there_is_a_first_page_and_none_needs_the_internet(site: Path) -> None:
    assert (site / "index.html").is_file()
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    loaded = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:")
    assert [page.name for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []
