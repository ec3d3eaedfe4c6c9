"""Sweep: what does a larger code buy, and what does it cost? The curves grow before the class's eyes."""

from ui import state
from ui.sweep import sweeping

state.enter_page()
ignored = state.open_sweep_link()
state.keep_settings()
sweep = sweeping.show("Compare code sizes", ignored)
state.keep_sweep_link(sweep)
