"""PNG: lossless."""

from autoenc.compression.codecs.images import ImageCodec

PNG_CODEC = ImageCodec("PNG", "PNG", qualities=(100,), settings={"optimize": True}, lossless=True)
PNG = PNG_CODEC.sources("png")
