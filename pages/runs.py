"""Runs: all models trained so far, side by side: the class sees what a setting buys."""

from ui.runs import page

page.show()
