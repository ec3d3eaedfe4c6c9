"""What our pages are compared to: plain Streamlit with a slider, a strip of digits, a chart and a text."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from sklearn.datasets import load_digits

LATENT_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
N_STEPS, N_EPOCHS = 1500, 10

st.set_page_config("Plain page", layout="wide")
settings, view = st.columns([1, 3], gap="large")
with settings, st.container(key="settings"):
    latent_size = st.select_slider("Latent size", LATENT_SIZES, value=2, key="latent_size")
    st.markdown(f"Code: **{latent_size}** numbers for 784 pixels")
with view:
    st.image(np.hstack(load_digits().images[:16]) / 16, width="stretch")
    falling = np.exp(-np.linspace(0, 5, N_STEPS)) + 0.02 * np.random.default_rng(0).random(N_STEPS)
    by_step = go.Scatter(x=np.arange(N_STEPS), y=falling, name="train")
    by_epoch = go.Scatter(x=np.linspace(0, N_STEPS, N_EPOCHS), y=falling[:: N_STEPS // N_EPOCHS], name="test")
    st.plotly_chart(go.Figure([by_step, by_epoch]), key="loss")
