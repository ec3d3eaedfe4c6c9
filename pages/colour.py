"""Colour: are photographs in colour harder to compress than digits, and by how much, at equal ratio?"""

from ui.colour import page

page.show()
