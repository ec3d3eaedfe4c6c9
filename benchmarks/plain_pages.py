"""What a press in our navigation is compared to: plain Streamlit with two pages."""

import streamlit as st

TITLES = ("First page", "Second page")


def show(title: str) -> None:
    st.title(title)
    latent_size = st.select_slider("Latent size", (1, 2, 4, 8, 16, 32), value=2)
    st.markdown(f"Code: **{latent_size}** numbers for 784 pixels")


st.set_page_config("Plain pages", layout="wide")
first, second = TITLES
pages = [
    st.Page(lambda: show(first), title=first, url_path="first", default=True),
    st.Page(lambda: show(second), title=second, url_path="second"),
]
st.navigation(pages, position="top").run()
