"""WebP: a frame of the video codec VP8, or its own lossless format."""

from autoenc.compression.codecs.images import ImageCodec

WEBP_CODEC = ImageCodec("WEBP", "WebP", qualities=(0, 5, 10, 20, 30, 45, 60, 75, 90), settings={"method": 4})
WEBP = WEBP_CODEC.sources("webp")
LOSSLESS = ImageCodec(
    "WEBP", "WebP lossless", qualities=(100,), settings={"lossless": True, "method": 4}, lossless=True
).sources("webp-lossless")[0]
