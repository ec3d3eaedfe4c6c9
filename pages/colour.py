"""Colour: are photographs in colour harder to compress than digits, and by how much, at equal ratio?"""

from ui import colour, state, training
from ui.sweep import sweeping

state.enter_page("colour")
ignored = state.open_colour_link()
state.keep_settings()
part = colour.switch()
asked = None
if part == "train":
    asked = training.show("Train on colour images", ignored)
elif part == "sweep":
    asked = sweeping.show("Compare code sizes in colour", ignored)
else:
    colour.compared(ignored)
state.keep_colour_link(asked)
