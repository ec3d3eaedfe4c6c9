"""What comes with the program: trained runs with their films, a sweep, measured curves, a moving picture.

checkpoints/   as the user's folder of runs; read where that has none of a name
cache/         as the user's cache folder, in the same way
passes.npz     images on their way through recipes.EXAMPLE: a front page shows them before PyTorch is loaded
making.py      makes all of it anew: `python -m autoenc.examples`
"""

from autoenc.examples.forward_passes import Passes, passes

__all__ = ["Passes", "passes"]
