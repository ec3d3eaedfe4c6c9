"""Colour: are photographs in colour harder to compress than digits, and by how much, at equal ratio?"""

from ui import colour, state, training
from ui.sweep import sweeping

ignored = state.open_page("colour")
part = colour.switch()
if part == "train":
    training.show("Train on colour images", ignored)
elif part == "sweep":
    sweeping.show("Compare code sizes in colour", ignored)
else:
    colour.compared(ignored)
state.write_address()
