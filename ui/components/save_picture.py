"""What is written on a picture that a reader saves: any chart and any rows of pictures, as PNG, at a click.

The browser makes the file of what is seen at that moment (save_picture.js); the server only gives the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PROGRAM = "Autoencoder laboratory"


@dataclass(frozen=True)
class PngText:
    """The words around a saved picture, and the name of its file."""

    title: str  # `Test loss by latent size`
    settings: str  # `MNIST, MLP, 32 numbers, 10 epochs, seed 0`
    ids: tuple[str, ...]  # of the runs that it shows, or of its sweep; at least one
    part: str  # what of them it shows, for the file's name: `loss`

    @property
    def name(self) -> str:
        """`mnist-mlp-k32-e10-1a2b3c4d-loss`, or of several runs `<the first>-and-2-more-loss`."""
        more = f"-and-{len(self.ids) - 1}-more" if len(self.ids) > 1 else ""
        return f"{self.ids[0]}{more}-{self.part}"


def png_data(text: PngText | None) -> Mapping[str, str] | None:
    """What the browser is given."""
    if text is None:
        return None
    footer = f"{', '.join(text.ids)} · {PROGRAM}"
    return {"title": text.title, "settings": text.settings, "footer": footer, "name": text.name}
