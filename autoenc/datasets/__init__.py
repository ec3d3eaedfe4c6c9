"""Data sets by name: uint8 images prepared once, then opened from the cache in milliseconds by every process.

spec.py          the specification of a data set, before an image is read
published.py     the published data sets, and those that come with libraries
folders.py       image folders in the data folder
registry.py      a name -> its specification
raw.py colours.py embedded.py    files of MNIST's layout, of CIFAR and SVHN, inside libraries -> arrays
reading.py       which of them reads what
interleaving.py  an order in which the first images are a fair sample
decoding.py      an image folder -> arrays
storing.py       arrays -> a folder of files, and back, compared with their fingerprint
prepared.py      arrays -> the cache folder -> Dataset
listing.py       all of them as they stand now
downloading.py   the mirrors -> the raw files
unpacking.py     an archive, a folder or an array as a row of files
several.py       several files of arrays as one source
extraction.py    where each picture is written, and which are left out
receiving.py     all of it from the source to the disk
metadata.py      tables that say which picture has which label
splitting.py     folders as people make them -> train and test
arrays/          arrays that other programs have saved -> arrays.npz, and that as a data set
importing.py     any of these -> a data set in the data folder
"""

from autoenc.datasets.downloading import download
from autoenc.datasets.folders import complaints, distinct_names
from autoenc.datasets.importing import import_dataset
from autoenc.datasets.listing import catalogue, info, short_title, title
from autoenc.datasets.prepared import Dataset, load
from autoenc.datasets.registry import check_name, default_name, names
from autoenc.datasets.spec import data_dir
from autoenc.datasets.storing import fingerprint_of
from autoenc.places import cache_dir
from autoenc.schema import DatasetInfo

__all__ = [
    "Dataset",
    "DatasetInfo",
    "cache_dir",
    "catalogue",
    "check_name",
    "complaints",
    "data_dir",
    "default_name",
    "distinct_names",
    "download",
    "fingerprint_of",
    "import_dataset",
    "info",
    "load",
    "names",
    "short_title",
    "title",
]
