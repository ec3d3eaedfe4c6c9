"""Sweep: what does a larger code buy, and what does it cost? The curves grow before the class's eyes."""

from ui.core import pages
from ui.sweep import page as sweep_page
from ui.sweep import settings

ignored = pages.open_page("sweep", settings.SWEEP)
sweep_page.show("Compare code sizes", ignored)
pages.write_address()
