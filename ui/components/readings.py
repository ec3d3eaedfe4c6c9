"""Recognisers for components: one that reads in the browser, beside the models, or what one has read."""

from __future__ import annotations

from dataclasses import dataclass

from ui.components import served

# What computes networks, in a worker.
NETWORKS = ("arithmetic_wasm.js", "arithmetic.js", "convolutions.js", "networks.js")
# Of networks for any number of images: models and recognisers are computed by the same code.
WORKER = served("network_worker", *NETWORKS, "network_worker.js")


@dataclass(frozen=True)
class BrowserReader:
    """Who reads; its network is handed over unseen (see live_model)."""

    network: str  # the id under which it was handed over
    classes: tuple[str, ...]  # their names
    temperature: float  # by which its scores are divided
    title: str  # who it is, in a sentence


@dataclass(frozen=True)
class ImageReading:
    """What was read in one image on the server; the browser puts it into words."""

    name: str  # of the class
    sure: float  # 0 to 1
    title: str  # who has read
    is_other: bool = False  # than in the image that it was made of: it is marked
