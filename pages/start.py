"""Start: what an autoencoder is, in three sentences and a moving picture; and the way to the first model."""

# ruff: noqa: E402
from ui.start import intro

below, picture = intro.sentences()  # on the screen before PyTorch is loaded, which takes seconds

from ui.start import page

page.show(below, picture)
