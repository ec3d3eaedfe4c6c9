"""Imports point down only, big libraries stay in their place, functions fit on a screen: read with `ast`."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ui.core.values import Value

ROOT = Path(__file__).parents[1]

# From the ground up: a module imports from its own row and those before it, and never in a circle. A name
# that ends in .* stands for a whole folder: a new file in it needs no row. A module beside the folders has a
# row of its own: what may use it is decided when it is made; one row for all would let any use any other.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "autoenc",
        "autoenc.cores",
        "autoenc.durable",
        "autoenc.errors",
        "autoenc.kinds",
        "autoenc.locks",
        "autoenc.neighbours",
        "autoenc.numerals",
        "autoenc.once",
        "autoenc.places",
        "autoenc.sources",
        "autoenc.stopwatch",
        "autoenc.streams",
    ),
    ("autoenc.schema.*",),
    (
        "autoenc.equal",
        "autoenc.lab",
        "autoenc.memory",
        "autoenc.metrics",
        "autoenc.models",
        "autoenc.noise",
        "autoenc.pareto",
        "autoenc.published",
    ),
    ("autoenc.plots.*",),
    ("autoenc.pictures.*", "autoenc.datasets.*", "autoenc.recipes", "autoenc.runs"),
    ("autoenc.training", "autoenc.cache", "autoenc.speed", "autoenc.baselines.*", "autoenc.checkpoints.*"),
    ("autoenc.inspection.*", "autoenc.denoising.*", "autoenc.out_of_distribution.*"),
    ("autoenc.captions.*",),
    ("autoenc.export", "autoenc.jobs"),
    ("autoenc.sessions.*",),
    ("autoenc.sweeps.*",),
    ("autoenc.cli.*", "autoenc.__main__"),
    ("ui", "ui.registry"),
    ("ui.server.*",),
    ("ui.components.*",),
    ("ui.core.*",),
    ("ui.app.*",),
    ("ui.widgets.*",),
    ("ui.run.*",),
    ("ui.*",),  # a folder a page
    ("pages.*",),
    ("dashboard",),
    ("benchmarks.*",),
)

# Folder -> the only ones of its modules that others in it import.
ALONE: Mapping[str, tuple[str, ...]] = {
    "pages": (),
    "ui.components": ("ui.components", "ui.components.pixels", "ui.components.sprites"),
}

# Page -> the other pages of which it shows or takes something; those that are not here stand alone.
BORROWS: Mapping[str, tuple[str, ...]] = {
    "ui.colour": ("ui.sweep", "ui.train"),
    "ui.denoise": ("ui.sweep",),
    "ui.start": ("ui.train",),
}

# Library -> the only places that may import it.
PLACES: Mapping[str, tuple[str, ...]] = {
    "streamlit": (
        "dashboard",
        "pages.*",
        "ui.*",
        "benchmarks.browser_session",
        "benchmarks.page_probes",
        "benchmarks.plain_page",
        "benchmarks.empty_page",
    ),
    "starlette": ("ui.server.*",),
    "uvicorn": ("ui.server.*",),
    "dask": ("autoenc.sessions.dask.*",),
    "distributed": ("autoenc.sessions.dask.*",),
    "plotly": ("autoenc.plots.*", "benchmarks.plain_page"),
    "playwright": ("benchmarks.page_probes", "benchmarks.page_speed"),
    "tests": ("benchmarks.page_speed",),  # which finds Chromium
}

# These are loaded where PyTorch would cost seconds, or where pixels are no tensors.
WITHOUT_TORCH = (
    "autoenc.errors",
    "autoenc.schema",
    "autoenc.lab",
    "autoenc.recipes",
    "autoenc.runs",
    "autoenc.plots.*",
    "autoenc.captions.*",
    "ui.*",
    "pages.*",
    "dashboard",
)

# The benchmarks are not part of the package: the command line may use them where they are.
INSIDE_A_FUNCTION = {("autoenc.cli", "benchmarks.training_speed")}

# Each of these is used in one place only. Attributes, imported names and names given to getattr are checked.
# A page keeps what belongs to its visitor in a Value, declares what is in its address as Params, and marks
# what is computed for all visitors as `shared` or `once`: where these are stored is the business of ui.core.
USED_IN: Mapping[str, tuple[str, ...]] = {
    "session_state": ("ui.core.*",),
    "query_params": ("ui.core.*",),
    "cache_resource": ("ui.core.*",),
    "cache_data": ("ui.core.*",),
    "lru_cache": (),  # two threads that miss at the same time compute twice: autoenc.once does not
    "functools.cache": (),
}

# Files that are longer than others, each for a reason of its own.
LONGEST_FILE = 300  # lines
LONG_FILES: Mapping[str, str] = {
    "autoenc/jobs.py": "one protocol and its three jobs, each a generator that is read from top to bottom",
    "autoenc/plots/dots.py": "one builder of charts, and the small functions that all of them share",
    "autoenc/sessions/dask/driver.py": "one thread's state: taken apart, its halves would share every field",
    "autoenc/sessions/registry.py": "one lock and all that may be done under it",
    "benchmarks/browser_session.py": "one protocol, that of Streamlit's websocket",
}

WORDLESS = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
LONGEST_FUNCTION = 60  # lines

Sources = Mapping[str, str]  # module -> text


@cache
def project() -> dict[str, str]:
    """Every module of the project and its text."""
    sources = {"dashboard": (ROOT / "dashboard.py").read_text(encoding="utf-8")}
    for top in ("autoenc", "ui", "pages", "benchmarks"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            sources[module] = path.read_text(encoding="utf-8")
    return sources


# ---------------------------------------------------------------- the checker


@dataclass(frozen=True)
class Import:
    """One module imports another."""

    by: str
    of: str  # a module of ours as far down as it is named, or another library's
    in_function: bool

    @property
    def library(self) -> str:
        return self.of.partition(".")[0]


def imports(sources: Sources) -> Iterator[Import]:
    ours = frozenset(sources)
    for module, text in sources.items():
        yield from _imports_of(module, text, ours)


@cache
def _imports_of(module: str, text: str, ours: frozenset[str]) -> list[Import]:
    return [
        Import(module, name, in_function)
        for node, in_function in nodes(text)
        for name in _imported(node, module, ours)
    ]


@cache
def nodes(text: str) -> list[tuple[ast.AST, bool]]:
    """All that a module consists of, and whether it is inside a function; parsed once for all tests."""
    found, waiting = list[tuple[ast.AST, bool]](), list[tuple[ast.AST, bool]]()
    waiting.append((ast.parse(text), False))
    while waiting:
        node, in_function = waiting.pop()
        found.append((node, in_function))
        inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]
    return found


def _imported(node: ast.AST, module: str, ours: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(names=names):
            origin = _origin(node, module, ours)
            for alias in names:
                longer = f"{origin}.{alias.name}"
                yield longer if longer in ours else origin
        case ast.Call(func=ast.Name(id="__import__" | "import_module"), args=[ast.Constant(value=str(name))]):
            yield name
        case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name))]):
            yield name


def _origin(node: ast.ImportFrom, module: str, ours: frozenset[str]) -> str:
    if not node.level:
        return node.module or ""
    is_package = any(other.startswith(f"{module}.") for other in ours)
    package = module.split(".")[: len(module.split(".")) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def covers(row: str, module: str) -> bool:
    """`ui.*` covers ui and all below it; any other row only itself."""
    return module == row or (row.endswith(".*") and f"{module}.".startswith(row[:-1]))


@cache
def layer_of(module: str) -> int | None:
    """A row of its own counts for more than that of its folder."""
    for exact in (True, False):
        for layer, rows in enumerate(LAYERS):
            if any(row == module if exact else covers(row, module) for row in rows):
                return layer
    return None


def page_of(module: str) -> str | None:
    """The folder of a page's module; None: it belongs to no page."""
    layer = layer_of(module)
    return ".".join(module.split(".")[:2]) if layer is not None and "ui.*" in LAYERS[layer] else None


def violations(sources: Sources) -> list[str]:
    """One sentence for each thing that stands in the wrong place."""
    return [
        *(f"{module} has no row in LAYERS" for module in sources if layer_of(module) is None),
        *(f"{module} is named for nothing" for module in sources if WORDLESS & set(module.split("."))),
        *(sentence for one in imports(sources) for sentence in _wrong(one)),
        *(sentence for module, text in sources.items() for sentence in _misplaced(module, text)),
        *_cycles(sources),
    ]


def _misplaced(module: str, text: str) -> Iterator[str]:
    for name in sorted(_used(text)):
        if not any(covers(place, module) for place in USED_IN[name]) and not module.startswith("benchmarks"):
            yield f"{module} uses {name}"


@cache
def _used(text: str) -> set[str]:
    """The names of USED_IN that occur in a module."""
    found = set[str]()
    for node, _ in nodes(text):
        match node:
            case ast.Attribute(value=ast.Name(id="functools"), attr="cache"):
                found.add("functools.cache")
            case ast.Attribute(attr=name):
                found.add(name)
            case ast.ImportFrom(module=origin, names=names):
                found |= {alias.name for alias in names}
                found |= {f"functools.{alias.name}" for alias in names if origin == "functools"}
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
                found.add(name)
    return found & set(USED_IN)


def _cycles(sources: Sources) -> Iterator[str]:
    """Modules of a row that load one another; what a function imports comes later."""
    graph: dict[str, set[str]] = {}
    for one in imports(sources):
        if one.of in sources and not one.in_function and layer_of(one.by) == layer_of(one.of):
            graph.setdefault(one.by, set()).add(one.of)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"{' imports '.join(reversed(error.args[1]))}: a circle"


@cache
def _wrong(one: Import) -> tuple[str, ...]:
    return tuple(_faults(one))


def _faults(one: Import) -> Iterator[str]:
    by, of = layer_of(one.by), layer_of(one.of)
    allowed = one.in_function and (one.by, one.of) in INSIDE_A_FUNCTION
    if by is not None and of is not None and by < of and not allowed:
        yield f"{one.by} imports {one.of}, which is not below it"
    for folder, shared in ALONE.items():
        if all(covers(f"{folder}.*", module) for module in (one.by, one.of)) and one.of not in shared:
            yield f"{one.by} imports {one.of}, which stands alone"
    page, other = page_of(one.by), page_of(one.of)
    if page and other and page != other and other not in BORROWS.get(page, ()):
        yield f"{one.by} imports {one.of}, which is another page's"
    if one.library in PLACES and not any(covers(place, one.by) for place in PLACES[one.library]):
        yield f"{one.by} imports {one.library}"
    if one.library == "torch" and any(covers(place, one.by) for place in WITHOUT_TORCH):
        yield f"{one.by} imports torch"


def reached_from(module: str, sources: Sources) -> set[str]:
    """All that is loaded with a module, libraries by their own name; what a function imports comes later."""
    seen, waiting = set[str](), [module]
    loads: dict[str, list[str]] = {}
    for one in imports(sources):
        if not one.in_function:
            loads.setdefault(one.by, []).append(one.of if one.of in sources else one.library)
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += loads.get(current, [])
    return seen


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
    "module", ["autoenc.errors", "autoenc.schema", "autoenc.lab", "autoenc.plots", "autoenc.captions.images"]
)
def test_pytorch_is_not_loaded_with_values_figures_and_errors(module: str) -> None:
    assert "torch" not in reached_from(module, project())


@pytest.mark.parametrize("module", ["autoenc.errors", "autoenc.schema", "autoenc.lab"])
def test_the_values_that_cross_the_layers_need_the_standard_library_alone(module: str) -> None:
    loaded = {name for name in reached_from(module, project()) if name not in project()}
    assert loaded <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("library", ["streamlit", "dask", "distributed", "plotly"])
def test_the_command_line_loads_neither_dashboard_nor_cluster(library: str) -> None:
    assert library not in reached_from("autoenc.cli", project())


def test_every_library_that_is_imported_is_a_requirement() -> None:
    listed = re.findall(r"^[a-z-]+", (ROOT / "requirements.txt").read_text(), re.M)
    called = {"scikit-learn": "sklearn", "scikit-image": "skimage"}
    called |= {"pillow": "PIL", "tensorboardx": "tensorboardX", "protobuf": "google"}
    # distributed brings dask; playwright is for whoever tests and measures
    known = {called.get(name, name) for name in listed} | {"dask", "playwright"}
    ours = {module.partition(".")[0] for module in project()} | {"tests"}
    imported = {one.library for one in imports(project())} - ours - set(sys.stdlib_module_names)
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
RENAMING = {"autoenc.durable", "autoenc.export", "autoenc.datasets.importing", "autoenc.datasets.splitting"}


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
    assert violations({**project(), "autoenc.cli": text}) == []


def test_what_is_loaded_is_found_through_other_modules() -> None:
    sources = {"autoenc.schema": "from autoenc import deep", "autoenc.deep": "import torch.nn"}
    assert reached_from("autoenc.schema", sources) == {"autoenc.schema", "autoenc.deep", "torch"}
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
