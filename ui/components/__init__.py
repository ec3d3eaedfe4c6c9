"""Our browser components: each one .py, one .js and one .css, small because they travel in every message."""

from pathlib import Path


def inline(name: str) -> str:
    """The text of a .js or .css file of this folder, without indentation and lines of comment."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line and not line.startswith(("//", "/*")))
