"""A run for other programs: tables, pictures, TensorBoard's events, and its file as it is.

tables.py       its history and steps as CSV, all of it as JSON
pictures.py     its preview images as one picture
tensorboard.py  events for TensorBoard
folder.py       all of these in one folder
"""

from autoenc.export.folder import export, write_tensorboard
from autoenc.export.pictures import EXPORT_GAP, picture_row, picture_rows, reconstructions
from autoenc.export.tables import history_csv, run_as_json, steps_csv

__all__ = [
    "EXPORT_GAP",
    "export",
    "history_csv",
    "picture_row",
    "picture_rows",
    "reconstructions",
    "run_as_json",
    "steps_csv",
    "write_tensorboard",
]
