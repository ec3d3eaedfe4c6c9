"""Text on a page."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Text that may hold anything, as text and never as markup or as a link."""
    # Markdown makes links of addresses by itself; an invisible word joiner keeps them apart.
    text = re.sub(r"(?<=:)(?=//)|(?<=@)|(?<=www)(?=\.)", "\u2060", text, flags=re.IGNORECASE)
    return "".join("\\" + c if c in r"\`*_{}[]()<>#+-!|$~:&" else c for c in text)


def duration(seconds: float) -> str:
    """For people: `0.02 s`, `0.4 s`, `12 s`, `3 min`, `2.5 h`."""
    if seconds < 0.095:
        return f"{seconds:.2f} s"
    if seconds < 9.5:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
