"""The values that cross from one layer to the next: frozen, comparable, made only of the standard library.

Losses are means over images of the squared error per pixel, pixels in [0, 1].

config.py  what to train
dataset.py  on which images
noise.py   what is done to its input
denoise.py how well noise is taken away
model.py   what a model is, on paper
baseline.py  what a learned code is measured against
run.py     what training reports, and the run that its reports add up to
job.py     the state of a job in the background
sweep.py   many runs as one question
compression.py  images as files
code_map.py  codes laid out in a plane
recognition.py  whether an image can still be read
forecast.py  how long something will take
written.py what fields are called in tables and in `--json`
"""

from autoenc.schema.baseline import ROUNDING, BaselineCurve, BaselinePoint
from autoenc.schema.code_map import CodeMap
from autoenc.schema.compression import EXPONENTS, USUAL_BITS, RateComparison, RateCurve, RatePoint, Step
from autoenc.schema.config import (
    BOUNDS,
    CODE_UNITS,
    DATASET_NAME,
    DEVICES,
    MODEL_KINDS,
    MODEL_NAMES,
    MODELS,
    OPTIONAL,
    ModelKind,
    TrainConfig,
)
from autoenc.schema.dataset import DEFAULT_EPOCHS, DatasetInfo
from autoenc.schema.denoise import (
    CLASSICAL_METHODS,
    METHODS,
    SLOW_METHODS,
    Curve,
    Quality,
    check_levels,
    usual_levels,
)
from autoenc.schema.forecast import Forecast
from autoenc.schema.job import Download, Event, Record, Snapshot, State, Value, Work
from autoenc.schema.model import LayerInfo, ModelInfo
from autoenc.schema.noise import MIN_LEVEL, NOISES, Noise, NoiseKind, training_noise
from autoenc.schema.recognition import (
    BATCH_IMAGES,
    READABLE,
    RECOGNISER_BOUNDS,
    Probe,
    Reading,
    ReadingCurve,
    Recogniser,
    RecogniserConfig,
    RecogniserEpoch,
    RecogniserRecord,
    RecogniserSteps,
    RecogniserSummary,
    Reliability,
    ReliabilityBin,
)
from autoenc.schema.run import (
    MAX_PIXELS,
    MAX_PREVIEWS,
    MAX_STEPS,
    MIN_ACTIVE_VARIANCE,
    N_QUANTILES,
    CodeQuantiles,
    Epoch,
    EpochRecord,
    Heartbeat,
    Images,
    Preview,
    Run,
    StepRecord,
    psnr_of_mse,
    thinned,
)
from autoenc.schema.run_summary import RunSummary
from autoenc.schema.subject import Subject
from autoenc.schema.sweep import (
    GRID,
    MAX_RUNS,
    QUESTION,
    Point,
    Sweep,
    Swept,
    differing,
    whole_numbers,
)

__all__ = [
    "BATCH_IMAGES",
    "BOUNDS",
    "CLASSICAL_METHODS",
    "CODE_UNITS",
    "DATASET_NAME",
    "DEFAULT_EPOCHS",
    "DEVICES",
    "EXPONENTS",
    "GRID",
    "MAX_PIXELS",
    "MAX_PREVIEWS",
    "MAX_RUNS",
    "MAX_STEPS",
    "METHODS",
    "MIN_ACTIVE_VARIANCE",
    "MIN_LEVEL",
    "MODELS",
    "MODEL_KINDS",
    "MODEL_NAMES",
    "NOISES",
    "N_QUANTILES",
    "OPTIONAL",
    "QUESTION",
    "READABLE",
    "RECOGNISER_BOUNDS",
    "ROUNDING",
    "SLOW_METHODS",
    "USUAL_BITS",
    "BaselineCurve",
    "BaselinePoint",
    "CodeMap",
    "CodeQuantiles",
    "Curve",
    "DatasetInfo",
    "Download",
    "Epoch",
    "EpochRecord",
    "Event",
    "Forecast",
    "Heartbeat",
    "Images",
    "LayerInfo",
    "ModelInfo",
    "ModelKind",
    "Noise",
    "NoiseKind",
    "Point",
    "Preview",
    "Probe",
    "Quality",
    "RateComparison",
    "RateCurve",
    "RatePoint",
    "Reading",
    "ReadingCurve",
    "Recogniser",
    "RecogniserConfig",
    "RecogniserEpoch",
    "RecogniserRecord",
    "RecogniserSteps",
    "RecogniserSummary",
    "Record",
    "Reliability",
    "ReliabilityBin",
    "Run",
    "RunSummary",
    "Snapshot",
    "State",
    "Step",
    "StepRecord",
    "Subject",
    "Sweep",
    "Swept",
    "TrainConfig",
    "Value",
    "Work",
    "check_levels",
    "differing",
    "psnr_of_mse",
    "thinned",
    "training_noise",
    "usual_levels",
    "whole_numbers",
]
