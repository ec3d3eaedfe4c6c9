"""Colour: are photographs in colour harder to compress than digits, and by how much, at equal ratio?"""

from ui.colour import equal_ratio, settings
from ui.core import pages
from ui.sweep import page as sweep_page
from ui.train import page as train_page

ignored = pages.open_page("colour", settings.COLOUR, "colour")
part = equal_ratio.switch()
if part == "train":
    train_page.show("Train on colour images", ignored)
elif part == "sweep":
    sweep_page.show("Compare code sizes in colour", ignored)
else:
    equal_ratio.compared(ignored)
pages.write_address()
