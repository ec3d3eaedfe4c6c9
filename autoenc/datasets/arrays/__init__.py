"""Arrays of images that other programs have saved: .npz, .npy and idx files -> a data set.

heads.py      what the head of a file claims, checked before a byte of the rest is read
receiving.py  from a source to files of our own
roles.py      which array is what, by its name and shape
labels.py     labels of any form -> indices of classes
order.py      which images are for the test, and a fair order
pixels.py     images of any form -> uint8 (N, C, H, W)
assembling.py all of them -> arrays.npz
stored.py     arrays.npz in the data folder: a data set that is read as often as wanted
"""
