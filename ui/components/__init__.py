"""Our browser components: each one .py, one .js and one .css, small because they travel in every message."""
