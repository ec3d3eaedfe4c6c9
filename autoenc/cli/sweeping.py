"""`sweep`: many models, through the same background sessions as the dashboard's."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from time import sleep
from typing import Any

from tqdm import tqdm

from autoenc import checkpoints, datasets, groups, recipes, sweeps
from autoenc.captions import configs
from autoenc.captions.remarks import shared_settings
from autoenc.cli.background import background_sessions
from autoenc.cli.printing import Result, check_csv, give, split
from autoenc.cli.settings import dataset_info, given_lists
from autoenc.errors import AutoencError
from autoenc.numerals import counted, data_size, short
from autoenc.runs import by_id
from autoenc.schema import BaselineCurve, Forecast, Point, RunSummary, Sweep, whole_numbers
from autoenc.schema.written import as_written
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps import Plan, SavedSweep

LOOK_SECONDS = 0.2  # between two looks at the runs


def sweep(args: argparse.Namespace) -> None:
    wanted_sweep = sweep_from_args(args)
    check_csv(args)
    data = datasets.load(wanted_sweep.base.dataset)
    with background_sessions() as sessions:
        machine = sweeps.machine_of(sessions)
        plan = sweeps.plan(wanted_sweep, datasets.info(data.name), data.fingerprint, machine, _on_disk())
        saved = SavedSweep(wanted_sweep, data.fingerprint, plan.run_ids, alone=args.one_at_a_time)
        sweeps.save_for_its_page(saved)
        _tell(plan, plan.forecast(machine, alone=saved.alone))
        sweeps.begin(sessions, saved, {run.run_id for run in plan.finished})
        points = _followed(saved, sessions)
        baselines = _measured(saved, sessions)
    _answer(args, points, baselines)
    reasons = [*(p.message for p in points if not p.finished), *(run.refusal for run in plan.refused)]
    if reasons:
        reason_text = "; ".join(dict.fromkeys(reasons))
        raise AutoencError(f"{len(reasons)} of {len(plan.runs)} runs were not trained: {reason_text}")


def sweep_from_args(args: argparse.Namespace) -> Sweep:
    """What the arguments of `sweep` ask for; raises ConfigError."""
    layers = None if args.layers is None else whole_numbers(split(args.layers), "number of layers")
    sizes = whole_numbers(split(args.latent_sizes), "latent size")
    lists, settings = given_lists(args)
    return recipes.sweep(dataset_info(args), split(args.models), sizes, layers, lists, **settings)


def _on_disk() -> dict[str, RunSummary]:
    return by_id(checkpoints.summaries()[0])


def _tell(plan: Plan, forecast: Forecast | None) -> None:
    here, new = len(plan.finished), len(plan.to_train)
    time = "" if forecast is None or not new else f", {forecast.text}"
    size = f"; the largest needs {data_size(plan.needed_bytes)} of memory" if new else ""
    models = dict.fromkeys(run.config.model for run in plan.runs)
    if caption := shared_settings(models, rated=any(run.config.rate_weight for run in plan.runs)):
        print(caption, file=sys.stderr)
    print(
        f"{counted(len(plan.runs), 'run')}: {here:,} already on disk, {new:,} to train{time}{size}",
        file=sys.stderr,
    )
    for run in plan.refused:
        print(f"{run.run_id} is left out: {run.refusal}", file=sys.stderr)


def _followed(saved: SavedSweep, sessions: Sessions) -> tuple[Point, ...]:
    """The runs when all have ended; a bar on a terminal, a line a run elsewhere."""
    reported: set[str] = set()
    points: tuple[Point, ...] = ()
    form = "{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left{postfix}"
    quiet = not sys.stderr.isatty()
    with tqdm(total=float(len(saved.run_ids)), bar_format=form, leave=False, disable=quiet) as bar:
        for points in sweeps.follow(sessions, saved):
            for point in points:
                if point.state in sweeps.END_STATES and point.run_id not in reported:
                    reported.add(point.run_id)
                    tqdm.write(_ended(point, len(reported), len(points)), file=sys.stderr)
            bar.update(sum(1 if point.state in sweeps.END_STATES else point.done for point in points) - bar.n)
    return points


def _measured(saved: SavedSweep, sessions: Sessions) -> tuple[BaselineCurve, ...]:
    """The baselines when all have ended: a few small runs may be faster than they."""
    jobs = sweeps.baseline_jobs(saved)
    announced = False
    while any(job.state.active for job in sessions.snapshots(job.job_id for job in jobs).values()):
        if not announced:
            print("still measuring the baselines", file=sys.stderr)
            announced = True
        sleep(LOOK_SECONDS)
    return sweeps.baseline_curves(sessions, jobs)


def _best(points: Sequence[Point]) -> str:
    """`Best: MLP 64, seed 2: 0.00412`; empty where there are no two runs to choose from."""
    first = groups.best(points)
    if first is None or first.test_mse is None or sum(point.finished for point in points) < 2:
        return ""
    of_model = [point.config for point in points if point.config.model == first.config.model]
    name = configs.differences(of_model)[of_model.index(first.config)]
    return f"Best: {name}: {short(first.test_mse, 3)}"


def _ended(point: Point, n: int, n_all: int) -> str:
    if point.finished:
        how = f"test MSE {point.test_mse:.5f}, {point.seconds:,.1f} s"
    else:
        how = f"{point.state}: {point.message}"
    return f"{point.run_id} ({n} of {n_all}) {how}"


def _answer(args: argparse.Namespace, points: Sequence[Point], baselines: Sequence[BaselineCurve]) -> None:
    def document() -> dict[str, Any]:
        runs = [as_written(point) | {"config": point.config.to_json()} for point in points]
        first = groups.best(points)
        return {
            "runs": runs,
            "baselines": {curve.baseline: asdict(curve) for curve in baselines},
            "best": None if first is None else first.run_id,
        }

    result = Result(
        text=lambda: "\n\n".join(filter(None, (sweeps.as_markdown(points, baselines), _best(points)))),
        document=document,
        csv=lambda: sweeps.as_csv(points, baselines),
    )
    give(args, result)
