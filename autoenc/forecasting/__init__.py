"""How long work will take, before the click and while it is done; pure functions of what was measured.

machine.py   where it will be done, and what else is done there
training.py  a run, by runs of the same model or by its size
curves.py    a curve of noise over the test set
recognition.py  a recogniser that learns, and one that reads
maps.py      codes laid out in a plane
rates.py     bytes and quality of a way to compress
several.py   several jobs at once
left.py      what is under way, by its own progress
"""

from autoenc.forecasting.curves import curve, keep_speed, kind_of
from autoenc.forecasting.left import epoch_seconds, is_measured, seconds_left
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.maps import code_map, map_kind
from autoenc.forecasting.rates import rate_curve, rate_kind
from autoenc.forecasting.recognition import probe, reading, reading_kind, recogniser, recogniser_left
from autoenc.forecasting.several import Part, filled, in_company, together
from autoenc.forecasting.training import START, epoch, part

__all__ = [
    "START",
    "Machine",
    "Part",
    "code_map",
    "curve",
    "epoch",
    "epoch_seconds",
    "filled",
    "in_company",
    "is_measured",
    "keep_speed",
    "kind_of",
    "map_kind",
    "part",
    "probe",
    "rate_curve",
    "rate_kind",
    "reading",
    "reading_kind",
    "recogniser",
    "recogniser_left",
    "seconds_left",
    "together",
]
