"""`report`: the whole lab as one HTML file, and what is missing of it done before."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import sleep
from typing import Any

from tqdm import tqdm

from autoenc import datasets, durable, experiments
from autoenc.cli.background import background_sessions
from autoenc.cli.printing import write
from autoenc.errors import AutoencError, ConfigError
from autoenc.experiments import Lab, LabNow, SavedLab, StepNow, lab_here, look
from autoenc.experiments.running import runs_here
from autoenc.numerals import counted, out_of
from autoenc.schema import State
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps import machine_of

LOOK_SECONDS = 0.5  # between two looks at the lab


@dataclass(frozen=True)
class _Report:
    """What has been made, and what is printed of it."""

    html: bytes
    csvs: Mapping[str, str]  # name of a file -> its text
    experiments: tuple[dict[str, Any], ...]  # as in JSON
    comparisons: tuple[dict[str, Any], ...]


def report(args: argparse.Namespace) -> None:
    """Make the hand-out of what is there; with --run of all that can be done here."""
    lab = lab_here(args.size, datasets.catalogue())
    _check_places(args.out, args.csv)
    lab = _with_images(lab)
    now = look(lab, None, runs_here())
    if args.run and now.left:
        now = _run(lab)
    made = _make(now)
    _write(made, args.out, args.csv)
    print(_as_json(args, now, made) if args.json else _as_text(args, now, made))
    undone = now.left if args.run else ()
    if undone:
        reasons = tuple(dict.fromkeys(step.message.rstrip(".") for step in undone if step.message))
        why = f": {'; '.join(reasons)}" if reasons else ""
        raise AutoencError(f"{out_of(len(undone), len(now.steps), 'step')} could not be done{why}")


# ---------------------------------------------------------------- before


def _check_places(out: Path, csv: Path | None) -> None:
    """Before hours of work; raises ConfigError."""
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {out}; --out needs a file in an existing folder")
    if csv is not None and not csv.is_dir() and (csv.exists() or not csv.absolute().parent.is_dir()):
        raise ConfigError(f"cannot write to {csv}; --csv needs a folder, or a new one in an existing folder")


def _with_images(lab: Lab) -> Lab:
    """The lab with its image folders opened; one that cannot be is told of with the work that needs it."""
    for data in lab.data:
        if data.present:
            with suppress(AutoencError):
                datasets.load(data.name)
    return lab_here(lab.size, datasets.catalogue())


# ---------------------------------------------------------------- what is missing


def _run(lab: Lab) -> LabNow:
    """Have it done in the background sessions, and follow them to the end."""
    with background_sessions() as sessions:
        return _followed(lab, sessions)


def _followed(lab: Lab, sessions: Sessions) -> LabNow:
    """The lab when nothing more can be done; a bar on a terminal, a line a step elsewhere."""
    now = look(lab, sessions, runs_here())
    forecast = experiments.expected(now, machine_of(sessions), runs_here())
    print(f"{now.progress} done{f', {forecast.text}' if forecast else ''}", file=sys.stderr, flush=True)
    saved, ended = SavedLab.of(lab), {step.step for step in now.steps if step.finished}
    form = "{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left{postfix}"
    quiet = not sys.stderr.isatty()
    with tqdm(total=float(len(now.steps)), bar_format=form, leave=False, disable=quiet) as bar:
        while experiments.advance(saved, now, sessions):
            sleep(LOOK_SECONDS)
            now = look(lab, sessions, runs_here())
            for step in now.steps:
                if step.step not in ended and (step.finished or step.state is State.FAILED):
                    ended.add(step.step)
                    tqdm.write(_ended(step, len(ended), len(now.steps)), file=sys.stderr)
                    sys.stderr.flush()
            bar.update(sum(step.done for step in now.steps) - bar.n)
    return now


def _ended(step: StepNow, n: int, n_all: int) -> str:
    title = step.job.title if step.job is not None else step.step.title
    return f"{title} ({n} of {n_all}) {'done' if step.finished else f'failed: {step.message}'}"


# ---------------------------------------------------------------- the hand-out


def _make(now: LabNow) -> _Report:
    """A bar on a terminal."""
    from autoenc.report import Results  # here: plotly, which hours of training do not need
    from autoenc.report.handout import make

    failures = tuple((one.experiment.key, text) for one in now.experiments for text in one.failures)
    making = make(now, Results(now.lab, runs_here()), failures)
    form = "{percentage:3.0f}% |{bar}| {desc}"
    with tqdm(total=1.0, bar_format=form, leave=False, disable=not sys.stderr.isatty()) as bar:
        while True:
            try:
                progress = next(making)
            except StopIteration as end:
                sections = end.value.sections
                return _Report(
                    end.value.html,
                    end.value.csvs,
                    tuple(
                        {
                            "key": one.experiment.key,
                            "section": one.experiment.number,
                            "title": one.experiment.title,
                            "status": str(one.status),
                            "missing": one.missing,
                        }
                        for one in sections
                    ),
                    tuple(
                        asdict(one) | {"ratio": one.ratio} for part in sections for one in part.comparisons
                    ),
                )
            bar.set_description_str(progress.doing)
            bar.update(progress.done - bar.n)


def _write(made: _Report, out: Path, csv: Path | None) -> None:
    place = out
    try:
        durable.replace_file(out, made.html)
        if csv is not None:
            place = csv
            csv.mkdir(exist_ok=True)
    except OSError as error:
        raise AutoencError(f"cannot write {place}: {error.strerror or error}; make room there") from None
    if csv is not None:
        for name, text in made.csvs.items():
            write(csv / name, text)


def _as_text(args: argparse.Namespace, now: LabNow, made: _Report) -> str:
    size = f"{len(made.html) / 1e6:.1f} MB"
    lines = [f"{args.out} ({size}): {now.progress} done"]
    if args.csv is not None:
        lines.append(f"{args.csv}: {counted(len(made.csvs), 'CSV file')}")
    lines += [f"missing in {one['title']}: {one['missing']}" for one in made.experiments if one["missing"]]
    return "\n".join(lines)


def _as_json(args: argparse.Namespace, now: LabNow, made: _Report) -> str:
    document: dict[str, Any] = {
        "size": now.lab.size.name,
        "datasets": [now.lab.grey.name, now.lab.colour.name],
        "steps": len(now.steps),
        "steps_done": len(now.steps) - len(now.left),
        "out": str(args.out),
        "n_bytes": len(made.html),
        "csv": [str(args.csv / name) for name in made.csvs] if args.csv is not None else [],
        "experiments": made.experiments,
        "comparisons": made.comparisons,
    }
    return json.dumps(document, indent=1)
