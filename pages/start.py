"""Start: what an autoencoder is, in three sentences and a moving picture; and the way to the first model."""

# ruff: noqa: E402
from ui.start import intro

above_first, first_wanted = intro.show()  # on the screen before PyTorch is loaded, which takes seconds

from ui.start import page

page.show(above_first, first_wanted)
