"""Sweep: what does a larger code buy, and what does it cost? The curves grow before the class's eyes."""

from ui.sweep import page

page.show()
