"""A sweep as a table for people: a line for each setting, with the mean and the spread over its seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from tabulate import tabulate

from autoenc.captions.configs import noise_caption
from autoenc.captions.remarks import EARLIER_MARK, EARLIER_NOTE
from autoenc.groups import Group, groups
from autoenc.numerals import setting
from autoenc.schema import Noise, Point, Swept, differing, psnr_of_mse
from autoenc.sweeps.table import Baselines, Row, columns_of, rows

LAB_NOTE = "(*) As printed in the lab report: probably sums over batches, not means over images."
SPREAD_NOTE = "±: one standard deviation over the seeds, as of a sample (n - 1)."
PLUS_MINUS = "±"
MAX_DIGITS = 5
NONE = {"noise": "none", "train_images": "all"}  # what no value of a setting means; of the others: 0


@dataclass(frozen=True)
class _Line:
    """The finished runs of one setting: as many as it has seeds, at least one."""

    group: Group
    rows: tuple[Row, ...]

    @property
    def row(self) -> Row:
        """What all of them have in common is the first's."""
        return self.rows[0]

    @property
    def earlier_test(self) -> bool:
        return any(row.earlier_test for row in self.rows)


Cell = Callable[[_Line], str]


def as_markdown(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """With rounded numbers; the report's columns and the note about them only where it gives figures.

    Runs that differ only by their seed are one line: the mean, and with at least two of them one standard
    deviation.
    """
    columns, notes = _columns(points, baselines)
    shown = {head: [cell.replace("|", "\\|") for cell in cells] for head, cells in columns.items()}
    return "\n\n".join((_tabulated(shown, "github"), *(note.replace("*", "\\*") for note in notes)))


def as_latex(points: Sequence[Point], baselines: Baselines = ()) -> str:
    """As `as_markdown`, for LaTeX with the package booktabs."""
    columns, notes = _columns(points, baselines)
    below = (f"\\par{{\\footnotesize {note}}}" for note in notes)
    return "\n".join((_tabulated(columns, "latex_booktabs"), *below)).replace(PLUS_MINUS, "$\\pm$")


def _tabulated(columns: dict[str, list[str]], tablefmt: str) -> str:
    sides = ["left" if head in ("model", "device") else "right" for head in columns]
    lines = list(zip(*columns.values(), strict=True))
    return tabulate(lines, list(columns), tablefmt, colalign=sides if lines else None, disable_numparse=True)


def _columns(points: Sequence[Point], baselines: Baselines) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Heads and cells, and the notes below."""
    table, curves = _lines(points, baselines), columns_of(baselines)
    cells = {head: [cell(line) for line in table] for head, cell in _settings(points).items()}
    cells |= {head: [cell(line) for line in table] for head, cell in RESULTS.items()}
    given = {
        f"{curve.title}: test loss": [_short(line.row.baseline_mse[i]) for line in table]
        for i, curve in enumerate(curves)
    }
    given |= {head: [cell(line) for line in table] for head, cell in REPORT.items()}
    given = {head: values for head, values in given.items() if any(values)}
    notes = {
        SPREAD_NOTE: any(len(line.rows) > 1 for line in table),
        LAB_NOTE: "lab: test loss (*)" in given,
        EARLIER_NOTE: any(line.earlier_test for line in table),
    }
    return cells | given, tuple(note for note, needed in notes.items() if needed)


def _lines(points: Sequence[Point], baselines: Baselines) -> list[_Line]:
    lines = [_Line(group, rows(group.points, baselines)) for group in groups(points)]
    return [line for line in lines if line.rows]


def _settings(points: Sequence[Point]) -> dict[str, Cell]:
    """Which run it is, and how large it is."""
    seeded = any(len(group.points) > 1 for group in groups(points))
    swept = [one for one in differing(point.config for point in points) if one.field != "epochs"]
    columns: dict[str, Cell] = {
        "model": lambda line: line.row.model,
        "layers": lambda line: str(line.row.layers),
        "latent size": lambda line: f"{line.row.latent_size:,}",
    }
    columns |= {_head(one): partial(_setting, one) for one in swept if not seeded or one.field != "seed"}
    columns |= {
        "numbers in the code": lambda line: f"{line.row.n_latents:,}",
        "times smaller": lambda line: _short(line.row.ratio),
        "parameters": lambda line: f"{line.row.n_parameters:,}",
        "epochs": lambda line: f"{line.row.epochs:,}",
    }
    return columns | ({"seeds": lambda line: str(len(line.rows))} if seeded else {})


RESULTS: dict[str, Cell] = {
    "training time (s)": lambda line: _mean(line, _seconds, lambda seconds: f"{seconds:,.1f}"),
    "training loss (MSE)": lambda line: _mean(line, lambda point: point.train_loss),
    "test loss (MSE)": lambda line: (
        f"{_mean(line, lambda point: point.test_mse)} {EARLIER_MARK * line.earlier_test}".strip()
    ),
    "PSNR (dB)": lambda line: _mean(line, _psnr_db, lambda db: f"{db:.1f}"),
    "threads": lambda line: _span(row.threads for row in line.rows),
    "concurrent runs": lambda line: _span(row.concurrent_jobs for row in line.rows),
    "device": lambda line: ", ".join(dict.fromkeys(row.device for row in line.rows)),
}
REPORT: dict[str, Cell] = {
    "lab: training time (s)": lambda line: _short(line.row.lab_seconds, 5),
    "lab: training loss": lambda line: _short(line.row.lab_train_loss),
    "lab: test loss (*)": lambda line: _short(line.row.lab_test_loss_as_printed),
}


def _psnr_db(point: Point) -> float | None:
    return None if point.test_mse is None else psnr_of_mse(point.test_mse)


def _seconds(point: Point) -> float | None:
    return point.seconds


def _mean(
    line: _Line, value: Callable[[Point], float | None], single: Callable[[float], str] | None = None
) -> str:
    """Of the line's runs, `0.00412 ± 0.00005`; of a single run its value.

    Args:
        single: how one value is written; None: with three digits.
    """
    write = single or _short
    if len(line.group.finished) == 1:
        alone = value(line.group.finished[0])
        return "" if alone is None or not math.isfinite(alone) else write(alone)
    spread = line.group.of(value)
    if spread is None:
        return ""
    return write(spread.mean) if spread.std is None else with_spread(spread.mean, spread.std)


def with_spread(mean: float, std: float) -> str:
    """Both to the second digit of the spread, as usual for what is uncertain: `0.004123 ± 0.000052`.

    Nothing needs more than MAX_DIGITS of a mean, however small the spread.
    """
    if std <= 0:
        return f"{_short(mean)} {PLUS_MINUS} 0"
    places = max(0, 1 - math.floor(math.log10(std)))
    enough = max(0, MAX_DIGITS - 1 - math.floor(math.log10(mean)))
    spread = f"{std:,.{places}f}"
    return f"{mean:,.{min(places, enough)}f} {PLUS_MINUS} {spread}"


def _span(values: Iterable[int | None]) -> str:
    """`2`, of unequal ones `1 to 2`; what is not known is left out."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    return str(known[0]) if min(known) == max(known) else f"{min(known)} to {max(known)}"


def _head(swept: Swept) -> str:
    return swept.field.replace("_", " ")


def _setting(swept: Swept, line: _Line) -> str:
    """Empty where the model has no such setting."""
    config = line.group.config
    if not swept.concerns(config.kind):
        return ""
    value = getattr(config, swept.field)
    if value is None:
        return NONE.get(swept.field, "0")
    if isinstance(value, Noise):
        return noise_caption(value)
    return f"{value:,}" if isinstance(value, int) and swept.field != "seed" else setting(value)


def _short(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")
