"""The page Compress."""

from ui.compress.page import show

show()
