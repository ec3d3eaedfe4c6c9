"""What a learned code is measured against, in bytes.

A new one is a file that ends in its `RateSource`s, and a row in CODECS. The chart, the words and the
benchmark take it from there.

source.py  what such a way to compress is
images.py  Pillow's codecs: a file an image, or all images as tiles of one large picture
jpeg.py webp.py avif.py png.py
pca.py     principal components, rounded, with the same range coder and the same file format as a run
"""

from autoenc.compression.codecs import avif, jpeg, pca, png, webp
from autoenc.compression.codecs.source import RateSource

# In the order in which people read of them.
CODECS: dict[str, RateSource] = {
    source.name: source
    for source in (
        pca.PCA_CODEC,
        *jpeg.JPEG,
        *webp.WEBP,
        *avif.AVIF,
        *png.PNG,
        webp.LOSSLESS,
    )
}
FAMILIES = tuple(dict.fromkeys(source.family for source in CODECS.values()))  # `JPEG`, in this order

__all__ = ["CODECS", "FAMILIES", "RateSource"]
