"""A sweep on the page: its form, its charts, its pictures, its table."""
