"""JPEG of 1992, its Huffman tables made for each picture."""

from autoenc.compression.codecs.images import ImageCodec

JPEG_CODEC = ImageCodec(
    "JPEG", "JPEG", qualities=(1, 3, 5, 10, 15, 20, 30, 45, 60, 75, 90), settings={"optimize": True}
)
JPEG = JPEG_CODEC.sources("jpeg")
