"""What our first page is compared to: the least that Streamlit can show."""

import streamlit as st

st.markdown("Nothing")
