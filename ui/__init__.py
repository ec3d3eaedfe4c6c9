"""What the pages share; besides them the only code that may import streamlit."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# Where the very first visitor of a server opens the address of a page, Streamlit, which has not met
# `st.navigation` yet, shows that file of the folder `pages` by itself. Once is enough: dashboard.py is run.
if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    st.rerun()
