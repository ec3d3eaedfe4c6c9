"""The values that cross from one layer to the next: frozen, comparable, made of the standard library alone.

Losses are means over images of the squared error per pixel, pixels in [0, 1].

config.py  what to train
model.py   what a model is, on paper
run.py     what training reports, and the run that its reports add up to
job.py     what is known of a job in the background
"""

from autoenc.schema.config import BOUNDS, DATASET_NAME, DEVICES, MODELS, NOISES, Noise, TrainConfig
from autoenc.schema.job import Download, Record, Snapshot, State
from autoenc.schema.model import LayerInfo, ModelInfo
from autoenc.schema.run import (
    MAX_PREVIEWS,
    Epoch,
    EpochRecord,
    Heartbeat,
    Images,
    Preview,
    Run,
    RunSummary,
    StepRecord,
    psnr_of_mse,
    thinned,
)

__all__ = [
    "BOUNDS",
    "DATASET_NAME",
    "DEVICES",
    "MAX_PREVIEWS",
    "MODELS",
    "NOISES",
    "Download",
    "Epoch",
    "EpochRecord",
    "Heartbeat",
    "Images",
    "LayerInfo",
    "ModelInfo",
    "Noise",
    "Preview",
    "Record",
    "Run",
    "RunSummary",
    "Snapshot",
    "State",
    "StepRecord",
    "TrainConfig",
    "psnr_of_mse",
    "thinned",
]
