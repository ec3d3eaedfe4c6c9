"""What all pages stand on; `st.session_state`, `st.query_params` and caches are used here."""
