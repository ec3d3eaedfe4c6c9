"""A run for other programs: tables, pictures, TensorBoard's events, its model, and its file as it is.

tables.py       its history and steps as CSV, all of it as JSON
pictures.py     its preview images as one picture
tensorboard.py  events for TensorBoard
parts.py        its encoder, its decoder and both, with what their files say of them
onnx_graph.py   these as ONNX files
torch_program.py    these as programs of torch.export
portable.py     these in a folder, or in a ZIP file
folder.py       all of these in one folder
"""

from autoenc.export.folder import export, write_tensorboard
from autoenc.export.pictures import EXPORT_GAP, picture_row, picture_rows, reconstructions
from autoenc.export.portable import check_onnx_zip, onnx_usage, onnx_zip
from autoenc.export.tables import history_csv, run_as_json, steps_csv

__all__ = [
    "EXPORT_GAP",
    "check_onnx_zip",
    "export",
    "history_csv",
    "onnx_usage",
    "onnx_zip",
    "picture_row",
    "picture_rows",
    "reconstructions",
    "run_as_json",
    "steps_csv",
    "write_tensorboard",
]
