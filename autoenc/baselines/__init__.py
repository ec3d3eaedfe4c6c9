"""What a learned code is measured against: ways to compress images without training a network.

A new one is a file that ends in a `Baseline`, and a row in BASELINES. The charts, the table, the words and
the command line take it from there.

baseline.py    what a baseline is, how it is measured and kept for the next time
mean_image.py  the mean image in place of every image
pca.py         principal component analysis
"""

from autoenc.baselines.baseline import Baseline, Coder
from autoenc.baselines.mean_image import MEAN_IMAGE
from autoenc.baselines.pca import PCA
from autoenc.schema import Noise

# In the order in which people read of them.
BASELINES: dict[str, Baseline] = {baseline.name: baseline for baseline in (PCA, MEAN_IMAGE)}


def comparable(noise: Noise | None) -> tuple[Baseline, ...]:
    """The baselines for models whose input has this noise; None: for those that see clean images."""
    return tuple(b for b in BASELINES.values() if noise is None or b.with_noise)


__all__ = ["BASELINES", "Baseline", "Coder", "comparable"]
