"""What the pages share; besides them the only code that may import streamlit."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# To the very first visitor of a server who opens the address of a page, Streamlit shows a file of the folder
# `pages` by itself, without dashboard.py: it has not heard of `st.navigation` yet. From the second run on it has.
if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    st.rerun()
