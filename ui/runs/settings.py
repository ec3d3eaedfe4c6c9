"""One visitor's table of runs: which are listed, in what order, and which are chosen."""

from __future__ import annotations

from typing import Any

from autoenc import datasets
from autoenc.errors import ConfigError
from autoenc.runs import SORTS
from autoenc.schema import MODELS
from ui.core.links import Address, Param, choice, flag, held, n_read, one_of, parts
from ui.core.values import Value

# What a presenter shows one by one.
PRESENTED = {"chart": "Test loss", "pictures": "Pictures"}
MAX_IN_LINK = 16  # chosen runs

FIND = Value("find", "")
OF_DATASET = Value[list[str]]("of-dataset", [])
OF_MODEL = Value[list[str]]("of-model", [])
ONLY_FINISHED = Value("only-finished", False)
SORT = Value("sort", "newest")
SHOWN = Value("runs_shown", "chart")  # by a presenter
LOG = Value("compare-log", True)
SELECTED_RUNS = Value[tuple[str, ...]]("chosen runs", ())  # the runs that are compared
_LISTED = Value[tuple[str, ...] | None]("listed runs", None)  # the runs in the table, when it was last drawn


def table_of(run_ids: tuple[str, ...]) -> str:
    """The key of the table of these runs; a choice in the one before it, perhaps a moment old, is kept."""
    before = _LISTED.get() or run_ids
    drawn = _table(before).get()
    if before != run_ids and drawn is not None:
        SELECTED_RUNS.put(tuple(before[row] for row in drawn["selection"]["rows"]))
    _LISTED.put(run_ids)
    return _table(run_ids).key


def _table(run_ids: tuple[str, ...]) -> Value[Any]:
    """What is chosen in the table of these runs."""
    return Value(f"runs-{hash(run_ids)}-{n_read()}", None)


# ---------------------------------------------------------------- the address


def _words(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ConfigError(f"find is {text[:40]!r}; allowed: up to 200 printable characters")
    return text


def _datasets(text: str) -> list[str]:
    names = parts(text)
    for name in names:
        datasets.check_name(name)
    return names


def _models(text: str) -> list[str]:
    return [choice("models", model, list(MODELS)) for model in parts(text, most=200)]


def _runs_text() -> str | None:
    """The first of them, where there are too many for an address."""
    return ",".join(SELECTED_RUNS.get()[:MAX_IN_LINK]) or None


RUNS = Address(
    (
        held("find", FIND, _words),
        held("datasets", OF_DATASET, _datasets, ",".join),
        held("models", OF_MODEL, _models, ",".join),
        flag("finished", ONLY_FINISHED),
        one_of("sort", SORT, list(SORTS)),
        one_of("show", SHOWN, list(PRESENTED)),
        flag("log", LOG),
        Param(
            "runs",
            (SELECTED_RUNS,),
            lambda text: SELECTED_RUNS.put(tuple(parts(text, most=4000))),
            _runs_text,
        ),
    )
)
