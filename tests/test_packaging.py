"""The project as a wheel, installed where its own folder is not at hand, and used as a person would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil
import pytest
from packaging.requirements import Requirement

from autoenc.cli.dashboard import code_of
from autoenc.sources import VERSION
from benchmarks.browser_session import opened
from benchmarks.dashboards import Dashboard, dashboard
from tests.architecture import ROOT, imports, project
from tests.loops import until, visit

QUICK = "dataset=digits&model=mlp&latent_size=8&epochs=3"
# Comes with `distributed`, which asks for the very version that it was made for.
BROUGHT_BY = {"dask": "distributed"}


def declared() -> tuple[list[str], list[str]]:
    """What pyproject.toml asks for: for the library, and for the dashboard besides."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return asked["dependencies"], asked["optional-dependencies"]["dashboard"]


def names(requirements: Sequence[str]) -> set[str]:
    return {Requirement(line).name.lower() for line in requirements}


# ---------------------------------------------------------------- what has to be installed


def test_requirements_txt_asks_for_what_pyproject_toml_asks_for() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    written = [line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]
    library, dashboard = declared()
    assert list(map(Requirement, written)) == list(map(Requirement, library + dashboard))


def test_the_library_imports_what_it_asks_for_and_nothing_of_the_dashboard() -> None:
    library, dashboard = declared()
    providers = packages_distributions()
    for top, asked in (("autoenc", names(library)), ("ui", names(library + dashboard))):
        others = {one.package for one in imports(project()) if one.by.split(".")[0] == top}
        others -= {"autoenc", "ui", "benchmarks", *sys.stdlib_module_names}
        assert "numpy" in others
        for package in others:
            distributions = {name.lower() for name in providers[package]}
            distributions |= {BROUGHT_BY[name] for name in distributions if name in BROUGHT_BY}
            assert distributions & asked, f"{top} imports {package}, which no requirement brings"


# ---------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    return wheel


def pip(*arguments: str) -> None:
    """Without a network."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        env=os.environ | {"PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def contents(folder: Path) -> set[str]:
    """The files of a folder of the project, compiled ones left out."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_a_wheel_holds_the_package_whole_and_the_dashboard_under_one_name(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    number = VERSION.partition("+")[0]
    assert {name.split("/")[0] for name in held} == {
        *("autoenc", "autoenc_dashboard", f"autoenc-{number}.dist-info")
    }
    assert {name for name in held if name.startswith("autoenc/")} == contents(ROOT / "autoenc")
    beside = {"dashboard.py", "static/icon.png", ".streamlit/config.toml"}
    beside |= contents(ROOT / "ui") | contents(ROOT / "pages")
    prefix = "autoenc_dashboard/"
    assert {name.removeprefix(prefix) for name in held if name.startswith(prefix)} == beside


# ---------------------------------------------------------------- installed


@dataclass(frozen=True)
class Installation:
    """An environment with the wheel; the libraries are those of the tests, the project is not at hand."""

    bin: Path
    packages: Path
    place: Path  # an empty folder, the current one of all commands

    def ask(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        program = str(self.bin / command[0])
        env = os.environ | bare() | environment
        return subprocess.run(
            [program, *command[1:]], cwd=self.place, env=env, capture_output=True, text=True, timeout=120
        )

    def files(self) -> Mapping[Path, int]:
        """When each file of ours was written; compiled ones left out."""
        ours = [
            path for name in ("autoenc", "autoenc_dashboard") for path in self.packages.glob(f"{name}/**/*")
        ]
        return {
            path: path.stat().st_mtime_ns
            for path in ours
            if "__pycache__" not in path.parts and path.is_file()
        }


def bare() -> dict[str, str]:
    """Neither our folder nor any of the tests' own; an empty variable is none."""
    folders = ("AUTOENC_CHECKPOINT_DIR", "AUTOENC_DATA_DIR")
    return {"PYTHONPATH": "", "AUTOENC_WORKERS": "1"} | dict.fromkeys(folders, "")


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    pip("--python", str(python), "install", "--no-deps", "--quiet", str(wheel))
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    libraries = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (packages / "libraries.pth").write_text("\n".join(libraries) + "\n")
    place = folder / "anywhere"
    place.mkdir()
    return Installation(python.parent, packages, place)


def test_an_installation_is_the_version_of_its_sources(installation: Installation) -> None:
    """An installed wheel has the hash of its commit: a worker of a cluster with either passes the check."""
    for command in (("autoenc",), ("python", "-m", "autoenc")):
        answer = installation.ask(*command, "--version")
        assert (answer.stdout, answer.stderr) == (f"autoenc {VERSION}\n", "")
    used = installation.ask("python", "-c", "import autoenc; print(autoenc.__file__)").stdout.strip()
    assert Path(used) == installation.packages / "autoenc" / "__init__.py"
    absent = installation.ask("python", "-c", "import ui")
    assert "No module named 'ui'" in absent.stderr


def test_an_installed_command_trains_into_the_current_folder(installation: Installation) -> None:
    before = installation.files()
    train = ("autoenc", "train", "--dataset", "digits", "--epochs", "1", "--device", "cpu", "--json")
    answer = installation.ask(*train)
    assert answer.returncode == 0, answer.stderr
    run = json.loads(answer.stdout)
    assert len(run["test_loss"]) == 1
    assert (installation.place / "checkpoints" / f"{run['run_id']}.safetensors").is_file()
    listed = installation.ask("python", "-m", "autoenc", "runs", "list", "--json")
    assert run["run_id"] in [one["run_id"] for one in json.loads(listed.stdout)]
    assert installation.files() == before


def test_a_command_names_itself_as_it_was_called(installation: Installation) -> None:
    assert installation.ask("autoenc", "--help").stdout.startswith("usage: autoenc [")
    assert installation.ask("python", "-m", "autoenc", "--help").stdout.startswith(
        "usage: python -m autoenc ["
    )
    assert "see `autoenc --help`" in installation.ask("autoenc", "frob").stderr


def test_help_on_the_dashboard_is_ours_and_starts_nothing(installation: Installation) -> None:
    for option in ("--help", "-h"):
        answer = installation.ask("autoenc", "dashboard", option)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "options of `streamlit run`" in answer.stdout


def test_without_its_extra_the_dashboard_says_what_to_install(installation: Installation) -> None:
    """-I -S leaves the libraries out: what is needed to answer is the package and platformdirs."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]; from autoenc import cli; sys.exit(cli.main(['dashboard']))"
    )
    only = installation.place.parent / "only"
    only.mkdir()
    (only / "platformdirs").symlink_to(Path(__import__("platformdirs").__file__).parent)
    answer = installation.ask("python", "-I", "-S", "-c", code, str(installation.packages), str(only))
    assert answer.returncode == 1
    assert answer.stderr == (
        "autoenc: the dashboard needs streamlit, starlette, uvicorn, segno; "
        "install it with: pip install 'autoenc[dashboard]'\n"
    )


def test_where_only_the_package_was_copied_there_is_no_dashboard(
    installation: Installation, tmp_path: Path
) -> None:
    shutil.copytree(installation.packages / "autoenc", tmp_path / "autoenc")
    answer = installation.ask("python", "-m", "autoenc", "dashboard", PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1
    missing = tmp_path / "autoenc_dashboard" / "dashboard.py"
    assert (
        answer.stderr
        == f"autoenc: there is no dashboard at {missing}; install autoenc with pip on this machine\n"
    )


def test_a_dashboard_that_is_waited_for_ends_the_command_with_its_own_code() -> None:
    """As on Windows, where no process takes the place of another."""
    assert code_of([sys.executable, "-c", "raise SystemExit(3)"]) == 3


# ---------------------------------------------------------------- the installed dashboard


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(installation: Installation, lab_folder: Path) -> Iterator[Dashboard]:
    """Started in a folder with an `autoenc` and a `ui` that are not ours."""
    for name in ("autoenc", "ui"):
        (lab_folder / name).mkdir()
        (lab_folder / name / "__init__.py").write_text("raise ImportError('the wrong one')")
    start = (str(installation.bin / "autoenc"), "dashboard", "--server.baseUrlPath", "lab")
    variables = bare() | {"AUTOENC_CACHE_DIR": str(lab_folder / "cache")}
    with dashboard(lab_folder, path="/lab", start=start, place=lab_folder, **variables) as lab:
        yield lab


def test_an_installed_dashboard_answers_and_serves_what_its_pages_fetch(
    installation: Installation, lab: Dashboard, lab_folder: Path
) -> None:
    before = installation.files()
    with urllib.request.urlopen(f"{lab.address}/_stcore/health") as answer:
        assert answer.read() == b"ok"
    page = urllib.request.Request(f"{lab.address}/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(page) as answer:
        assert b"<title>Autoencoder laboratory</title>" in answer.read()
    published = list((lab_folder / "cache" / "static").glob("*.js"))
    assert published
    for path in published:
        with urllib.request.urlopen(f"{lab.address}/app/static/{path.name}") as answer:
            assert answer.read() == path.read_bytes()
            assert "javascript" in answer.headers["Content-Type"]
            assert "immutable" in answer.headers["Cache-Control"]
    assert installation.files() == before


def test_an_installed_dashboard_trains_and_leaves_no_process_behind(
    installation: Installation, lab: Dashboard, lab_folder: Path
) -> None:
    before = installation.files()

    async def train() -> str:
        async with opened(lab.address, QUICK, "train") as session:
            await session.press("train")
            await until(lambda: session.shows("Finished: 3 of 3 epochs"), "the end of the run")
            assert session.run_id is not None
            return session.run_id

    run_id = visit(train())
    assert (lab_folder / "checkpoints" / f"{run_id}.safetensors").is_file()
    assert list((lab_folder / "cache" / "static").glob("plotly-*.min.js"))
    assert installation.files() == before
    assert lab.workers()
    _, alive = psutil.wait_procs(lab.kill(), timeout=20)
    assert alive == []
