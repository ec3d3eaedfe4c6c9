"""Images as files, with a trained encoder and decoder between: what a code weighs in bytes.

spread.py     how the values of a code are spread over the training images
tables.py     how often each whole number occurs: what the range coder goes by
varints.py    whole numbers in few bytes
coding.py     whole numbers -> bytes and back
files.py      the file format
codec.py      images -> a file -> images
finding.py    a file -> the run that made it
codecs/       what it is measured against: PCA, JPEG, WebP, AVIF, PNG, a file each
weighing.py   a few images in real files, each in its own and all in one
matching.py   the same images by JPEG, WebP and AVIF, at about as many bytes or as good a picture
measuring.py  bytes and PSNR of the test images, at each setting of a codec
curves.py     the whole curve of a source, stored in the cache
contest.py    the smallest file in which a recogniser still reads its image
comparing.py  how many bytes one curve saves against another
"""

from autoenc.compression.codec import Codec, codec_of, compress, decompress
from autoenc.compression.codecs import CODECS, FAMILIES
from autoenc.compression.comparing import bd_rate, compared
from autoenc.compression.files import ENDING, MAX_BYTES, CompressedFile, parsed
from autoenc.compression.finding import OpenedFile, first_images, opened

__all__ = [
    "CODECS",
    "ENDING",
    "FAMILIES",
    "MAX_BYTES",
    "Codec",
    "CompressedFile",
    "OpenedFile",
    "bd_rate",
    "codec_of",
    "compared",
    "compress",
    "decompress",
    "first_images",
    "opened",
    "parsed",
]
