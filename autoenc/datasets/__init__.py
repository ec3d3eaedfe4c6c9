"""Data sets by name: uint8 images prepared once, then opened from the cache in milliseconds by every process.

known.py        what each data set is and where its files are; reads no image
raw.py          the raw files -> arrays, checked
prepared.py     arrays -> the cache folder -> Dataset
downloading.py  the mirrors -> the raw files
"""

from autoenc.datasets.downloading import download
from autoenc.datasets.known import DatasetInfo, catalogue, check_name, default_name, names
from autoenc.datasets.prepared import Dataset, cache_dir, fingerprint_of, load

__all__ = [
    "Dataset",
    "DatasetInfo",
    "cache_dir",
    "catalogue",
    "check_name",
    "default_name",
    "download",
    "fingerprint_of",
    "load",
    "names",
]
