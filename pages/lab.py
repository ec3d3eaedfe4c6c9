"""The page Lab."""

from ui.lab.page import show

show()
