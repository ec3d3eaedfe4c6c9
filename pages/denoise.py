"""Denoise: the class drags the noise and sees at once where an autoencoder helps, and where it invents."""

from ui.denoise import page

page.show()
