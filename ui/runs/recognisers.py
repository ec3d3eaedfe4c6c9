"""The recognisers of this machine, in a list of their own: they compress nothing."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from autoenc.captions import configs
from autoenc.numerals import counted
from ui.app import layout
from ui.core import catalogue, links, recognisers

COLUMNS = {
    "Recognised": st.column_config.NumberColumn(format="percent", help="Of the original test images."),
    "Time (s)": st.column_config.NumberColumn(format="accounting", help="Time for training and testing."),
    "Size (MB)": st.column_config.NumberColumn(format="accounting"),
    "Last change": st.column_config.DatetimeColumn(format="distance"),
}


def show() -> None:
    """Nothing where there are only those that come with the program."""
    own = [one for one in recognisers.listed() if not one.example]
    if not own:
        return
    layout.section(f"**{counted(len(own), 'recogniser')}**")
    st.dataframe(
        {
            "Data set": [one.config.dataset for one in own],
            "Learns from": [
                configs.noise_caption(one.config.noise) if one.config.noise else "clean images" for one in own
            ],
            "Epochs": [f"{one.epochs_done:,} of {one.config.epochs:,}" for one in own],
            "Recognised": [one.accuracy for one in own],
            "Time (s)": [one.seconds for one in own],
            "Size (MB)": [one.n_bytes / 1e6 for one in own],
            "Last change": [datetime.fromtimestamp(one.modified) for one in own],
            "Recogniser": [one.recogniser_id for one in own],
        },
        hide_index=True,
        column_config=COLUMNS,
        key="recognisers",
    )
    newest = own[0].config
    links.link_to(
        "recognise",
        f"Open the newest ({catalogue.data_title(newest.dataset)}) in Recognise",
        ":material/visibility:",
        {
            "dataset": newest.dataset,
            "epochs": str(newest.epochs),
            **({"noisy": "True"} if newest.noise else {}),
        },
    )
