"""Sweep: what does a larger code buy, and what does it cost? The curves grow before the class's eyes."""

from ui import state
from ui.sweep import sweeping

ignored = state.open_page("sweep")
sweeping.show("Compare code sizes", ignored)
state.write_address()
