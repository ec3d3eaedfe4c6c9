"""PNG: lossless."""

from autoenc.compression.codecs.images import ImageCodec

PNG = ImageCodec("PNG", "PNG", qualities=(100,), settings={"optimize": True}, lossless=True).sources("png")
