"""AVIF: a frame of the video codec AV1."""

from autoenc.compression.codecs.images import ImageCodec

AVIF_CODEC = ImageCodec(
    "AVIF",
    "AVIF",
    qualities=(0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90),
    settings={"speed": 6},
    grey_settings={"speed": 6, "subsampling": "4:0:0"},
    threaded=True,
)
AVIF = AVIF_CODEC.sources("avif")
