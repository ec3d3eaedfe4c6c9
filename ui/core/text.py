"""Text on a page."""

from __future__ import annotations

import re

from autoenc.numerals import duration as duration


def plain(text: str) -> str:
    """Text that may hold anything, as text and never as markup or as a link."""
    # Markdown makes links of addresses by itself; an invisible word joiner keeps them apart.
    text = re.sub(r"(?<=:)(?=//)|(?<=@)|(?<=www)(?=\.)", "\u2060", text, flags=re.IGNORECASE)
    return "".join("\\" + c if c in r"\`*_{}[]()<>#+-!|$~:&" else c for c in text)
