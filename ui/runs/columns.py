"""What the table of runs shows of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from autoenc.captions import configs
from autoenc.schema import MODEL_NAMES, RunSummary, psnr_of_mse

COLUMNS: dict[str, Any] = {
    "Latent size": st.column_config.NumberColumn(
        format="localized", help="MLP, Conv bottleneck and VAE: numbers in the code; Conv: its channels."
    ),
    "Model": st.column_config.TextColumn(width=150),
    "Noise": st.column_config.TextColumn(width=210),
    "For few bytes": st.column_config.NumberColumn(
        format="%g", help="Trained with MSE + this x bits per pixel; empty: only with the MSE."
    ),
    "Beta": st.column_config.NumberColumn(
        format="%g", help="VAE: trained with the squared error of an image + this x KL; empty: other models."
    ),
    "Numbers in the code": st.column_config.NumberColumn(format="localized"),
    "Parameters": st.column_config.NumberColumn(format="localized"),
    "Test error": st.column_config.NumberColumn(
        format="%.5f", help="Mean squared error per pixel; pixels range from 0 to 1."
    ),
    "PSNR (dB)": st.column_config.NumberColumn(format="%.1f"),
    "Time (s)": st.column_config.NumberColumn(format="accounting", help="Time for training and testing."),
    "Size (MB)": st.column_config.NumberColumn(format="accounting"),
    "Last change": st.column_config.DatetimeColumn(format="distance"),
}


def of(runs: Sequence[RunSummary]) -> dict[str, list[Any]]:
    rate_weights = [run.config.rate_weight for run in runs]
    betas = [run.config.beta if run.config.kind.has_prior else None for run in runs]
    return {
        "Data set": [run.config.dataset for run in runs],
        "Model": [MODEL_NAMES[run.config.model] for run in runs],
        "Latent size": [run.config.latent_size for run in runs],
        "Layers": [run.config.layers for run in runs],
        "Noise": [configs.noise_caption(run.config.noise) if run.config.noise else "" for run in runs],
        **({"For few bytes": rate_weights} if any(rate_weights) else {}),
        **({"Beta": betas} if any(betas) else {}),
        "Epochs": [f"{run.epochs_done:,} of {run.config.epochs:,}" for run in runs],
        "Test error": [run.test_mse for run in runs],
        "PSNR (dB)": [None if run.test_mse is None else psnr_of_mse(run.test_mse) for run in runs],
        "Time (s)": [run.seconds for run in runs],
        "Numbers in the code": [run.n_latents for run in runs],
        "Parameters": [run.n_parameters for run in runs],
        "Seed": [run.config.seed for run in runs],
        "Size (MB)": [run.n_bytes / 1e6 for run in runs],
        "Last change": [datetime.fromtimestamp(run.modified) for run in runs],
        "Run": [run.run_id for run in runs],
    }
