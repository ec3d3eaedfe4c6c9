"""The page Latent."""

from ui.latent.page import show

show()
