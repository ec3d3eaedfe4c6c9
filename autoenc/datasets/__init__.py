"""Data sets by name: uint8 images prepared once, then opened from the cache in milliseconds by every process.

entry.py         what is said of a data set before an image is read
published.py     the published data sets, and those that come with libraries
folders.py       image folders in the data folder
known.py         a name -> what is known of it
raw.py colours.py embedded.py    files of MNIST's layout, of CIFAR and SVHN, inside libraries -> arrays
reading.py       which of them reads what
interleaving.py  an order in which the first images are a fair sample
gathering.py     an image folder -> arrays
storing.py       arrays -> a folder of files, and back, compared with their fingerprint
prepared.py      arrays -> the cache folder -> Dataset
listing.py       all of them as they stand now
downloading.py   the mirrors -> the raw files
unpacking.py     an archive or a folder as a row of files
placing.py       where each of them comes to lie, and which are left out
splitting.py     folders as people make them -> train and test
importing.py     an archive or a folder -> an image folder
"""

from autoenc.datasets.downloading import download
from autoenc.datasets.folders import complaints, told_apart
from autoenc.datasets.importing import bring_in
from autoenc.datasets.listing import DatasetInfo, catalogue, info, title
from autoenc.datasets.prepared import Dataset, cache_dir, load
from autoenc.datasets.registry import check_name, default_name, names
from autoenc.datasets.storing import fingerprint_of

__all__ = [
    "Dataset",
    "DatasetInfo",
    "bring_in",
    "cache_dir",
    "catalogue",
    "check_name",
    "complaints",
    "default_name",
    "download",
    "fingerprint_of",
    "info",
    "load",
    "names",
    "title",
    "told_apart",
]
