"""What can run in the background: a frozen description of the work, and a generator of records to do it.

job.py          what a job is
training.py     a model is trained, or continued
recognisers.py  a recogniser is trained, or continued
readings.py     what a recogniser can still read, and what a code knows of the class
rates.py        bytes and quality of a way to compress
baselines.py    a baseline is measured
curves.py       a method of denoising is measured at rising levels of noise
maps.py         codes are laid out in a plane
expected.py     how long each will take
doing.py        a job done here and now
downloading.py  a public data set is brought to this machine
"""

from autoenc.jobs.baselines import BaselineJob
from autoenc.jobs.curves import CurveJob
from autoenc.jobs.doing import after, result
from autoenc.jobs.downloading import DownloadJob
from autoenc.jobs.job import Job
from autoenc.jobs.maps import MapJob
from autoenc.jobs.rates import RateJob
from autoenc.jobs.readings import ProbeJob, ReadingJob
from autoenc.jobs.recognisers import RecogniserJob, stored_recogniser
from autoenc.jobs.training import TrainJob, stored_run

__all__ = [
    "BaselineJob",
    "CurveJob",
    "DownloadJob",
    "Job",
    "MapJob",
    "ProbeJob",
    "RateJob",
    "ReadingJob",
    "RecogniserJob",
    "TrainJob",
    "after",
    "result",
    "stored_recogniser",
    "stored_run",
]
