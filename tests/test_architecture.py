"""Imports point down only, big libraries stay in their place, functions fit on a screen."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.architecture import (
    ALONE,
    BORROWS,
    LAYERS,
    LONG_FILES,
    LONGEST_FILE,
    LONGEST_FUNCTION,
    PLACES,
    ROOT,
    USED_IN,
    WITHOUT_TORCH,
    Sources,
    covers,
    imports,
    nodes,
    project,
    reached_from,
    violations,
)
from ui.core.values import Value

# ---------------------------------------------------------------- the project


def test_the_project_is_found() -> None:
    assert {"dashboard", "autoenc", "autoenc.datasets.raw", "ui.core.links", "pages.train"} <= set(project())
    assert len(list(imports(project()))) > 100


def test_imports_point_down_only_and_libraries_stay_in_their_place() -> None:
    assert violations(project()) == []


def test_every_row_stands_for_a_module() -> None:
    layers = [row for rows in LAYERS for row in rows]
    assert len(layers) == len(set(layers))
    places = [row for table in (PLACES, USED_IN, BORROWS, ALONE) for rows in table.values() for row in rows]
    rows = [*layers, *places, *WITHOUT_TORCH, *BORROWS, *(f"{folder}.*" for folder in ALONE)]
    assert [row for row in rows if not any(covers(row, module) for module in project())] == []


@pytest.mark.parametrize(
    "module",
    ["autoenc.errors", "autoenc.schema", "autoenc.lab", "autoenc.plots", "autoenc.captions", "autoenc.heads"],
)
def test_pytorch_is_not_loaded_with_values_figures_and_errors(module: str) -> None:
    assert "torch" not in reached_from(module, project())


@pytest.mark.parametrize("module", ["autoenc.errors", "autoenc.schema", "autoenc.lab"])
def test_the_values_that_cross_the_layers_need_the_standard_library_alone(module: str) -> None:
    loaded = {name for name in reached_from(module, project()) if name not in project()}
    assert loaded <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("library", ["streamlit", "dask", "distributed", "plotly"])
def test_the_command_line_loads_neither_dashboard_nor_cluster(library: str) -> None:
    modules = [module for module in project() if covers("autoenc.cli.*", module)]
    assert [module for module in modules if library in reached_from(module, project())] == []


def test_pytorch_is_not_loaded_to_read_a_command_or_to_list_runs_and_data_sets() -> None:
    """The other commands load what they do when they are asked for."""
    for module in ("autoenc.__main__", "autoenc.cli", "autoenc.cli.runs", "autoenc.cli.data"):
        assert "torch" not in reached_from(module, project()), module
    assert "torch" in reached_from("autoenc.cli.training", project())


def test_every_library_that_is_imported_is_a_requirement() -> None:
    listed = re.findall(r"^[a-z0-9-]+", (ROOT / "requirements.txt").read_text(), re.M)
    called = {"scikit-learn": "sklearn", "scikit-image": "skimage"}
    called |= {"pillow": "PIL", "tensorboardx": "tensorboardX", "protobuf": "google", "opentsne": "openTSNE"}
    # distributed brings dask; playwright and websockets are for whoever tests and measures
    known = {called.get(name, name) for name in listed} | {"dask", "playwright", "websockets"}
    ours = {module.partition(".")[0] for module in project()} | {"tests"}
    imported = {one.package for one in imports(project())} - ours - set(sys.stdlib_module_names)
    assert imported - known == set()


def functions(sources: Sources) -> Iterator[tuple[str, int]]:
    """`module.function` and its number of lines."""
    for module, text in sources.items():
        for node, _ in nodes(text):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", (node.end_lineno or 0) - node.lineno + 1


def long_files(root: Path) -> set[str]:
    """Files of the program, Python and what runs in the browser, that are longer than LONGEST_FILE."""
    files = [root / "dashboard.py", *root.glob("ui/components/*.js"), *root.glob("ui/components/*.css")]
    for top in ("autoenc", "ui", "pages", "benchmarks"):
        files += (root / top).rglob("*.py")
    return {
        path.relative_to(root).as_posix()
        for path in files
        if path.is_file() and len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }


def test_a_long_file_has_a_reason() -> None:
    assert long_files(ROOT) == set(LONG_FILES)


def test_functions_fit_on_a_screen() -> None:
    assert [name for name, lines in functions(project()) if lines > LONGEST_FUNCTION] == []


def shadowed_modules(sources: Sources) -> Iterator[str]:
    """Modules whose name their package gives to something else."""
    for package, text in sources.items():
        inside = {module.rpartition(".")[2] for module in sources if module.rpartition(".")[0] == package}
        for node in ast.parse(text).body if inside else ():
            names: set[str] = set()
            if isinstance(node, ast.ImportFrom) and node.module != package:
                names = {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = {node.name}
            elif isinstance(node, ast.Assign):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            yield from (f"{package}.{name}" for name in sorted(names & inside))


def test_no_module_is_shadowed_in_its_package() -> None:
    assert list(shadowed_modules(project())) == []


def test_a_shadowed_module_is_found() -> None:
    sources = {"a": "from a.b import b\nfrom a import c\n", "a.b": "", "a.c": ""}
    assert list(shadowed_modules(sources)) == ["a.b"]


def test_the_modules_that_a_package_lists_are_there() -> None:
    for module, text in project().items():
        path = ROOT.joinpath(*module.split("."))
        if path.is_dir():
            listed = re.findall(r"\b([a-z_]+\.py)\b", ast.get_docstring(ast.parse(text)) or "")
            assert [name for name in listed if not (path / name).exists()] == [], module


def named_in(text: str) -> Iterator[str]:
    """Files of ours that a document names by their path, and modules or what is in them."""
    tops = "autoenc|ui|pages|benchmarks"
    yield from re.findall(rf"`((?:{tops}|tests)/[\w/]+\.(?:py|js|css))`", text)
    yield from re.findall(r"`((?:autoenc|ui|benchmarks)(?:\.\w+)+)`", text)


def is_there(name: str) -> bool:
    if "/" in name:
        return (ROOT / name).is_file()
    module, _, inside = name.rpartition(".")
    return name in project() or re.search(rf"\b{inside}\b", project().get(module, "")) is not None


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda p: p.name)
def test_the_files_that_a_document_names_are_there(path: Path) -> None:
    assert [name for name in named_in(path.read_text(encoding="utf-8")) if not is_there(name)] == []


def test_a_file_that_is_gone_is_found() -> None:
    text = "`ui/core/links.py` `ui/page.py` `ui.core.links.Param` `ui.core.links.Gone` `ui.core` `ui.gone.x`"
    assert {name for name in named_in(text) if not is_there(name)} == {
        "ui/page.py",
        "ui.core.links.Gone",
        "ui.gone.x",
    }


def sources_of_exponents(sources: Sources) -> set[str]:
    """Modules that format a number with `g`, which writes 1e+02, as text and not to round a float."""
    found = set()
    for module, text in sources.items():
        rounding = {
            id(node.args[0])
            for node, _ in nodes(text)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            if node.args
        }
        for node, _ in nodes(text):
            if isinstance(node, ast.JoinedStr) and id(node) not in rounding:
                parts = (part for part in node.values if isinstance(part, ast.FormattedValue))
                if any(part.format_spec and ast.unparse(part.format_spec)[-2] == "g" for part in parts):
                    found.add(module)
    return found


def sources_of_units(sources: Sources) -> set[str]:
    """Modules that write a unit, dB or %, behind a number in a format of their own."""
    found = set()
    for module, text in sources.items():
        for node, _ in nodes(text):
            if isinstance(node, ast.JoinedStr):
                for part, behind in pairwise(node.values):
                    number = isinstance(part, ast.FormattedValue) and part.format_spec
                    if number and re.match(r" ?(dB|%(?!\{))", str(getattr(behind, "value", ""))):
                        found.add(module)
            elif isinstance(node, ast.FormattedValue) and node.format_spec:
                share = ast.unparse(node.format_spec)[-2] == "%"
                found |= {module} if share else set()
    return found


def for_people() -> Sources:
    return {name: text for name, text in project().items() if name.startswith(("autoenc", "ui", "pages"))}


def test_a_unit_is_written_by_the_formatter_that_knows_its_borders() -> None:
    # the formatter itself, and a width in CSS
    assert sources_of_units(for_people()) == {"autoenc.numerals", "ui.components.drawing"}
    for formatted in ("f'{x:.1f} dB'", "f'{x:.0f} to {y:.0f} %'", "f'{x:.0f}%'", "f'{x:.1%} less'"):
        assert sources_of_units({"x": formatted}) == {"x"}, formatted
    for formatted in ("f'{decibels(x)}'", "f'{x:,} numbers'", "f'{x:,}%{{y}}'"):
        assert sources_of_units({"x": formatted}) == set(), formatted


def test_numbers_in_sentences_go_through_one_formatter() -> None:
    assert sources_of_exponents(for_people()) == {"autoenc.cli.denoising"}  # its table for other programs
    assert sources_of_exponents({"x": "f'{x:.2g} %'"}) == {"x"}
    assert sources_of_exponents({"x": "float(f'{x:.2g}')"}) == set()


def test_no_script_in_the_browser_writes_a_number_with_an_exponent() -> None:
    scripts = {path.name: path.read_text() for path in (ROOT / "ui/components").glob("*.js")}
    assert [name for name, text in scripts.items() if re.search("toPrecision|toExponential", text)] == []
    assert "toLocaleString" in scripts["draw_pad.js"]


def held_values() -> list[Value[Any]]:
    """Every value that a module of ui holds for a visitor, in a mapping or by its own name."""
    found = dict[int, Value[Any]]()
    for module in (name for name in project() if name.startswith("ui.")):
        for one in list(vars(import_module(module)).values()):
            inside = one.values() if isinstance(one, Mapping) else [one]
            found |= {id(value): value for value in inside if isinstance(value, Value)}
    return list(found.values())


def test_no_two_values_of_a_visitor_have_the_same_key() -> None:
    keys = [value.key for value in held_values()]
    assert {"dataset", "own layers", "sweep", "plain", "visitor"} <= set(keys)
    assert sorted(keys) == sorted(set(keys))


# What these rename is made again by hand, or checked where it is read.
RENAMING = {
    "autoenc.durable",
    "autoenc.export.folder",
    "autoenc.datasets.importing",
    "autoenc.datasets.splitting",
}


def renaming(sources: Sources) -> set[str]:
    """Modules that rename files themselves: `rename`, `os.replace`, or `replace` with a single value."""
    found = set()
    for module, text in sources.items():
        for node, _ in nodes(text):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called, of = node.func.attr, node.func.value
                of_os = isinstance(of, ast.Name) and of.id == "os"
                one = len(node.args) == 1 and not node.keywords
                if called == "rename" or (called == "replace" and (of_os or one)):
                    found.add(module)
    return found


def test_what_the_library_keeps_is_on_the_disk_before_it_has_its_name() -> None:
    library = {name: text for name, text in project().items() if name.startswith("autoenc")}
    assert renaming(library) == RENAMING


# ---------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(
    ("module", "text", "sentence"),
    [
        ("autoenc.schema", "from autoenc import models", "autoenc.schema imports autoenc.models, which"),
        ("autoenc.pareto", "import autoenc.equal", ": a circle"),
        (
            "autoenc.training",
            "def f():\n    from autoenc.jobs import TrainJob",
            "autoenc.training imports autoenc.jobs",
        ),
        (
            "autoenc.datasets.raw",
            "from autoenc.datasets import load",
            ": a circle",
        ),
        ("autoenc.datasets.raw", "from . import prepared", ": a circle"),
        ("autoenc.datasets", "from ..jobs import Job", "autoenc.datasets imports autoenc.jobs"),
        ("autoenc.datasets.raw", "from .prepared import load", ": a circle"),
        (
            "autoenc.jobs",
            "if TYPE_CHECKING:\n    from autoenc.sessions import dask",
            "imports autoenc.sessions.dask",
        ),
        ("autoenc.cli", "from benchmarks import training_speed", "imports benchmarks.training_speed"),
        (
            "autoenc.jobs",
            "def f():\n    import benchmarks.training_speed",
            "imports benchmarks.training_speed",
        ),
        ("dashboard", "import benchmarks.lab_loop", "dashboard imports benchmarks.lab_loop"),
        ("autoenc.jobs", "from ui.core import links", "autoenc.jobs imports ui.core.links, which"),
        ("ui.components.live_plot", "from ui.components import pictures", "imports ui.components.pictures"),
        ("ui.core.links", "from ui.run import view", "ui.core.links imports ui.run.view, which"),
        (
            "ui.runs.page",
            "from ui.sweep import settings",
            "ui.runs.page imports ui.sweep.settings, which is another",
        ),
        (
            "ui.toy.page",
            "from ui.sweep import settings",
            "imports ui.sweep.settings, which is another page's",
        ),
        (
            "ui.widgets.labels",
            "from ui.sweep import settings",
            "imports ui.sweep.settings, which is not below it",
        ),
        ("pages.train", "from pages import compare", "pages.train imports pages.compare, which"),
        ("pages.train", "import pages.compare as other", "pages.train imports pages.compare, which"),
        ("ui.core.links", "import dashboard", "ui.core.links imports dashboard"),
        ("autoenc.plots", "import streamlit as st", "autoenc.plots imports streamlit"),
        ("autoenc.cli", "def f():\n    from streamlit import toast", "autoenc.cli imports streamlit"),
        ("autoenc.sessions.protocol", "from distributed import Client", "imports distributed"),
        ("autoenc.jobs", "import dask.config", "autoenc.jobs imports dask"),
        ("ui.run.view", "import plotly.graph_objects as go", "ui.run.view imports plotly"),
        ("autoenc.schema", "from torch import Tensor", "autoenc.schema imports torch"),
        ("ui.run.view", "import torch.nn", "ui.run.view imports torch"),
        ("pages.train", "import importlib\nimportlib.import_module('torch')", "pages.train imports torch"),
        ("dashboard", "__import__('torch')", "dashboard imports torch"),
        ("autoenc.colours", "", "autoenc.colours has no row in LAYERS"),
        ("ui.components.utils", "", "ui.components.utils is named for nothing"),
        ("pages.common", "", "pages.common is named for nothing"),
        (
            "pages.train",
            "import streamlit as st\nst.session_state['x'] = 1",
            "pages.train uses session_state",
        ),
        ("ui.run.view", "from streamlit import session_state", "ui.run.view uses session_state"),
        ("ui.app.page", "import streamlit\ndef f(): streamlit.query_params.clear()", "uses query_params"),
        ("pages.train", "import streamlit as st\ngetattr(st, 'query_params')", "uses query_params"),
        (
            "ui.run.view",
            "import streamlit as st\n@st.cache_data\ndef f(): pass",
            "ui.run.view uses cache_data",
        ),
        ("ui.denoise.more", "from streamlit import cache_resource", "ui.denoise.more uses cache_resource"),
        ("autoenc.models", "from functools import lru_cache", "autoenc.models uses lru_cache"),
        ("autoenc.once", "import functools as f\n@f.lru_cache\ndef g(): pass", "autoenc.once uses lru_cache"),
        ("ui.core.caching", "import functools\n@functools.cache\ndef f(): pass", "uses functools.cache"),
        ("autoenc.jobs", "def f():\n    from functools import cache", "autoenc.jobs uses functools.cache"),
    ],
)
def test_what_stands_in_the_wrong_place_is_found(module: str, text: str, sentence: str) -> None:
    sources = {**project(), "pages.compare": "", module: text}
    found = violations(sources)
    assert len(found) == 1
    assert sentence in found[0]


def test_a_new_page_needs_no_row() -> None:
    toy = {
        "ui.toy": "",
        "ui.toy.settings": "from ui.core.values import Value",
        "ui.toy.page": "from ui.run import view\nfrom ui.toy import settings",
        "pages.toy": "from ui.toy import page",
    }
    assert violations({**project(), **toy}) == []
    circle = {**toy, "ui.toy.settings": "from ui.toy import page"}
    assert len(violations({**project(), **circle})) == 1


def test_the_command_line_may_use_the_benchmarks_inside_a_function_alone() -> None:
    text = "def bench():\n    from benchmarks import training_speed"
    assert violations({**project(), "autoenc.cli.commands": text}) == []


def test_what_is_loaded_is_found_through_other_modules() -> None:
    sources = {"autoenc.schema": "from autoenc import deep", "autoenc.deep": "import torch.nn"}
    assert reached_from("autoenc.schema", sources) == {"autoenc.schema", "autoenc.deep", "torch"}
    below = {**sources, "autoenc.deep": "", "autoenc.deep.inside": "", "autoenc": "import torch"}
    assert "torch" in reached_from("autoenc.deep.inside", below), "its packages are loaded with a module"
    later = {**sources, "autoenc.deep": "def f():\n    import torch.nn"}
    assert reached_from("autoenc.schema", later) == {"autoenc.schema", "autoenc.deep"}


def test_what_has_its_place_may_be_used_there() -> None:
    text = "import streamlit as st\nst.session_state\nst.query_params\nst.cache_resource"
    assert violations({**project(), "ui.core.values": text}) == []
    assert violations({**project(), "ui.core.new": text}) == [], "a new file in a folder needs no row"
    assert violations({**project(), "autoenc.jobs": "from autoenc import cache"}) == [], "a module of ours"


def test_a_long_file_is_found(tmp_path: Path) -> None:
    for name, lines in (("ui/run/long.py", 301), ("ui/run/short.py", 300), ("ui/components/long.js", 301)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n" * lines)
    assert long_files(tmp_path) == {"ui/run/long.py", "ui/components/long.js"}


def test_a_long_function_is_found() -> None:
    text = "def f():\n" + "    pass\n" * LONGEST_FUNCTION
    assert dict(functions({"x": text})) == {"x.f": LONGEST_FUNCTION + 1}
