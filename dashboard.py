"""The front door: `streamlit run dashboard.py`."""

import os

# Threads that wait sleep instead of spinning (read once, when PyTorch is loaded).
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import streamlit as st

from ui import state


def main() -> None:
    st.set_page_config("Autoencoder laboratory", page_icon=":material/compress:", layout="wide")
    page = st.navigation([st.Page("pages/train.py", title="Train", icon=":material/school:", default=True)])
    state.sessions()
    with state.errors_told():
        page.run()


# The guard is not decoration: the worker processes import this file again under another name.
if __name__ == "__main__":
    main()
