"""How long a job will take on a machine that does nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autoenc import checkpoints, datasets, forecasting, recognition
from autoenc.baselines import BASELINES
from autoenc.errors import RunUnknown
from autoenc.forecasting import Machine, Part
from autoenc.jobs.baselines import BaselineJob
from autoenc.jobs.curves import CurveJob
from autoenc.jobs.job import Job
from autoenc.jobs.maps import MapJob
from autoenc.jobs.rates import RateJob
from autoenc.jobs.readings import ProbeJob, ReadingJob
from autoenc.jobs.recognisers import RecogniserJob
from autoenc.jobs.training import TrainJob
from autoenc.schema import Forecast, RunSummary

Measurement = CurveJob | ReadingJob | ProbeJob | RateJob | MapJob
# Seconds of a core of an AMD EPYC for one number of a training image, and for one of them and one of its
# numbers: PCA multiplies each number of an image with each other.
BASELINE_SECONDS, PCA_SECONDS = 5e-9, 1.5e-10
BASELINE = (0.5, 3.0)


def part(job: Job, machine: Machine, runs: Mapping[str, RunSummary], done: float = 0.0) -> Part | None:
    """What is left of it; None: nothing has been measured yet, or nobody can say.

    Args:
        runs: those on disk, by run_id.
        done: the fraction, 0 to 1, that is known to be done; of a training its file may know of more.
    Raises:
        AutoencError: its data set or its run is not here.
    """
    match job:
        case TrainJob():
            data = datasets.load(job.config.dataset)
            earlier = checkpoints.furthest(job.config, data.fingerprint)
            epochs = max(earlier.epochs_done if earlier else 0, done * job.config.epochs)
            return forecasting.part(job.config, datasets.info(data.name), machine, epochs)
        case RecogniserJob():
            data = datasets.load(job.config.dataset)
            before = recognition.furthest(job.config, data.fingerprint)
            return forecasting.recogniser(
                job.config,
                datasets.info(data.name),
                len(data.class_names),
                machine,
                recognition.summaries(),
                max(len(before.epochs) if before else 0, done * job.config.epochs),
            )
        case BaselineJob():
            return _left(_baseline(job, machine), done)
        case CurveJob() | ReadingJob() | ProbeJob() | RateJob() | MapJob():
            return _left(measurement(job, machine, runs), done)
    return None


def measurement(job: Measurement, machine: Machine, runs: Mapping[str, RunSummary]) -> Part:
    """Of what is measured on the test set; raises as `part`."""
    info = datasets.info(job.dataset)
    match job:
        case CurveJob():
            run = _measured(job.method, runs) if job.content_hash else None
            return forecasting.curve(job.method, info, len(job.levels), machine, run)
        case ReadingJob():
            n_classes = len(datasets.load(job.dataset).class_names)
            run = _measured(job.source, runs) if job.source_hash else None
            return forecasting.reading(job.source, info, n_classes, machine, len(job.levels), run)
        case ProbeJob():
            return forecasting.probe(info, machine, _measured(job.run_id, runs), by_epoch=job.by_epoch)
        case MapJob():
            return forecasting.code_map(job.n_images, job.n_latents, machine)
        case RateJob():
            run = _measured(job.source, runs) if job.content_hash else None
            return forecasting.rate_curve(job.source, info, machine, run)


def _measured(run_id: str, runs: Mapping[str, RunSummary]) -> RunSummary:
    if run_id not in runs:
        raise RunUnknown(f"run {run_id} is not on this machine any more")
    return runs[run_id]


def _left(whole: Part, done: float) -> Part:
    return replace(whole, forecast=whole.forecast.times(1 - done))


def _baseline(job: BaselineJob, machine: Machine) -> Part:
    info = datasets.info(job.dataset)
    channels, height, width = info.image_shape
    n_numbers, n_images = channels * height * width, job.train_images or info.n_train
    of_number = BASELINE_SECONDS + (PCA_SECONDS * n_numbers if job.baseline == BASELINES["pca"] else 0.0)
    seconds = of_number * n_images * n_numbers / machine.n_cores
    return Part(Forecast(seconds, seconds).out_by(*BASELINE), machine.n_cores)
