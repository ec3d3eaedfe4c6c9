"""The page Recognise."""

from ui.recognise.page import show

show()
