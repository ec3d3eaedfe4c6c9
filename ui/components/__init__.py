"""Our browser components: each one .py, one .js and one .css, kept small because they travel in every message."""
