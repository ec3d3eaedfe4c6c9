"""The front door: `streamlit run dashboard.py`."""

import os


def main() -> None:
    # Threads that wait sleep instead of spinning; read once, when PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import streamlit as st  # here, because the worker processes need neither streamlit nor the pages

    from ui import page

    st.set_page_config("Autoencoder laboratory", page_icon="static/icon.png", layout="wide")
    page.dress()
    chosen = st.navigation([st.Page("pages/train.py", title="Train", icon=":material/school:", default=True)])
    with page.framed():
        chosen.run()


# The guard is not decoration: the worker processes import this file again under another name.
if __name__ == "__main__":
    main()
