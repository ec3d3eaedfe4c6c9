"""Where each module of the project has its place, and what is wrong with an import: read with `ast`."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]

# From the ground up: a module imports from its own row and those before it, and never in a circle. A name
# that ends in .* stands for a whole folder: a new file in it needs no row. A module beside the folders has a
# row of its own: what may use it is decided when it is made; one row for all would let any use any other.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "autoenc",
        "autoenc.cores",
        "autoenc.csv_text",
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
        "autoenc.convolutions",
        "autoenc.density",
        "autoenc.devices",
        "autoenc.equal",
        "autoenc.groups",
        "autoenc.lab",
        "autoenc.memory",
        "autoenc.metrics",
        "autoenc.models",
        "autoenc.noise",
        "autoenc.pareto",
        "autoenc.prior",
        "autoenc.published",
        "autoenc.setting_words",
    ),
    ("autoenc.plots.*",),
    ("autoenc.pictures.*", "autoenc.datasets.*", "autoenc.recipes", "autoenc.runs"),
    ("autoenc.objective", "autoenc.training", "autoenc.cache", "autoenc.speed", "autoenc.baselines.*"),
    ("autoenc.heads.*",),
    ("autoenc.checkpoints.*",),
    (
        "autoenc.inspection.*",
        "autoenc.denoising.*",
        "autoenc.out_of_distribution.*",
        "autoenc.recognition.*",
        "autoenc.compression.*",
        "autoenc.latent.*",
    ),
    ("autoenc.forecasting.*",),
    ("autoenc.captions.*",),
    ("autoenc.export.*", "autoenc.film", "autoenc.morph_film", "autoenc.jobs.*"),
    ("autoenc.sessions.*",),
    ("autoenc.sweeps.*",),
    ("autoenc.experiments.*",),
    ("autoenc.report.*",),
    ("autoenc.cli.*", "autoenc.examples.*", "autoenc.__main__"),
    ("ui", "ui.registry"),
    ("ui.components.*",),
    ("ui.server.*",),
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
    "ui.components": (
        "ui.components",
        "ui.components.pixels",
        "ui.components.live_rows",
        "ui.components.readings",
        "ui.components.save_picture",
        "ui.components.sprites",
    ),
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
        "benchmarks.plain_pages",
        "benchmarks.empty_page",
    ),
    "starlette": ("ui.server.*",),
    "uvicorn": ("ui.server.*",),
    "dask": ("autoenc.sessions.dask.*",),
    "distributed": ("autoenc.sessions.dask.*",),
    "plotly": ("autoenc.plots.*", "autoenc.report.*", "benchmarks.plain_page"),
    "jinja2": ("autoenc.report.*",),
    "onnx": ("autoenc.export.onnx_graph",),
    "constriction": ("autoenc.compression.coding",),
    "openTSNE": ("autoenc.latent.tsne",),
    "playwright": (
        "benchmarks.browser_networks",
        "benchmarks.code_map",
        "benchmarks.code_drag",
        "benchmarks.page_feel",
        "benchmarks.page_probes",
        "benchmarks.page_speed",
    ),
    "tests": (
        "benchmarks.browser_networks",
        "benchmarks.code_map",
        "benchmarks.page_speed",
    ),  # which finds Chromium
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
    "autoenc.heads.*",
    "autoenc.datasets.*",
    "autoenc.pictures.*",
    "ui.*",
    "pages.*",
    "dashboard",
)

# The benchmarks are not part of the package: the command line may use them where they are.
INSIDE_A_FUNCTION = {
    ("autoenc.cli.commands", "benchmarks.training_speed"),
    # `autoenc.load` is for people at a prompt; whoever imports the package does not wait for PyTorch.
    ("autoenc", "autoenc.checkpoints"),
    ("autoenc", "autoenc.models"),
    ("autoenc", "autoenc.schema"),
}

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


@dataclass(frozen=True)
class Import:
    """One module imports another."""

    by: str
    of: str  # a module of ours as far down as it is named, or another library's
    in_function: bool

    @property
    def package(self) -> str:
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
    """All that a module consists of, and whether it is inside a function; parsed once for all tests.

    What only a type checker reads counts as inside: nothing loads it.
    """
    found, waiting = list[tuple[ast.AST, bool]](), list[tuple[ast.AST, bool]]()
    waiting.append((ast.parse(text), False))
    while waiting:
        node, in_function = waiting.pop()
        found.append((node, in_function))
        inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        inside |= isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
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
    if one.package in PLACES and not any(covers(place, one.by) for place in PLACES[one.package]):
        yield f"{one.by} imports {one.package}"
    if one.package == "torch" and any(covers(place, one.by) for place in WITHOUT_TORCH):
        yield f"{one.by} imports torch"


def reached_from(module: str, sources: Sources) -> set[str]:
    """All that is loaded with a module, libraries by their own name; what a function imports comes later."""
    seen, waiting = set[str](), [module]
    loads: dict[str, list[str]] = {}
    for one in imports(sources):
        if not one.in_function:
            loads.setdefault(one.by, []).append(one.of if one.of in sources else one.package)
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += loads.get(current, [])
            package = current.rpartition(".")[0]
            waiting += [package] if package in sources else []
    return seen
