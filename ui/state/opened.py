"""Trained models that somebody looks at: opened once for all visitors, a few at a time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from autoenc import datasets, denoising, inspection, words
from autoenc.denoising import Denoise, Denoised
from autoenc.inspection import Network, Reconstructions, Trained
from autoenc.schema import Run
from autoenc.words import Reader

FEW = 3  # a model with the whole test set drawn by it takes 10 to 100 MB


def opened(run: Run) -> Trained:
    """The model of a run's file, with its data.

    Raises:
        AutoencError: the file or the data cannot be used.
    """
    return _opened(run.run_id, run.attempt, len(run.epochs))


def reconstructions(run: Run) -> Reconstructions:
    """The test images as the model draws them; raises as `opened` does."""
    return _reconstructions(run.run_id, run.attempt, len(run.epochs))


def network(run: Run) -> Network:
    """The model as a browser takes it; raises as `opened` does."""
    return _network(run.run_id, run.attempt, len(run.epochs))


def denoised(dataset: str, kind: str, level: float, method: str, x: np.ndarray, unit: np.ndarray) -> Denoised:
    """These images with this noise through this method; made once for all who look.

    Raises:
        AutoencError: the method or its run cannot be used.
    """
    fingerprint = datasets.load(dataset).fingerprint
    return _denoised(dataset, fingerprint, kind, level, method, x, unit)


@st.cache_resource(max_entries=2, show_spinner=False)
def reader(dataset: str) -> Reader:
    """What reads the digits of this data set."""
    data = datasets.load(dataset)
    return Reader(data.train, data.train_labels)


@st.cache_resource(max_entries=16, show_spinner=False)
def is_drawn(dataset: str) -> bool:
    """Whether its images are drawings: strokes on an empty ground."""
    return words.is_drawn(datasets.load(dataset).train[:256])


# What tells two moments of a run apart is part of the cache's key.
@st.cache_resource(max_entries=FEW, show_spinner="Opening the model")
def _opened(run_id: str, attempt: int, n_epochs: int) -> Trained:
    return inspection.open_run(run_id)


@st.cache_resource(max_entries=FEW, show_spinner="Drawing the test images")
def _reconstructions(run_id: str, attempt: int, n_epochs: int) -> Reconstructions:
    return inspection.reconstructions(_opened(run_id, attempt, n_epochs))


@st.cache_resource(max_entries=FEW, show_spinner=False)
def _network(run_id: str, attempt: int, n_epochs: int) -> Network:
    return inspection.network(_opened(run_id, attempt, n_epochs))


@st.cache_resource(max_entries=512, show_spinner=False)
def _denoised(
    dataset: str, fingerprint: str, kind: str, level: float, method: str, x: np.ndarray, unit: np.ndarray
) -> Denoised:
    return denoising.denoised(x, unit, kind, level, _method(dataset, fingerprint, kind, level, method))


@st.cache_resource(max_entries=16, show_spinner=False)
def _method(dataset: str, fingerprint: str, kind: str, level: float, method: str) -> Denoise:
    return denoising.denoiser(method, datasets.load(dataset), kind, max(level, denoising.LEAST))
