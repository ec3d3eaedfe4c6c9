"""What the pages share; besides them the only code that may import streamlit."""
