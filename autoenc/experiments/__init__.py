"""The experiments of the lab report as work to do: which there are, how far they are, and having them done.

sizes.py     how much of them: a lesson, or all
settings.py  the settings of the models that they train
rows.py      the experiments, in the report's order
steps.py     one piece of work: a model to train, a result to measure
work.py      what each experiment consists of
progress.py  how far each has come
images.py    pictures of image folders, prepared before anything else
costs.py     how long what is missing takes
running.py   what is missing is started, the cheapest first
keeper.py    that goes on without anybody looking
saved.py     which labs were asked for, so that a restart goes on
"""

from autoenc.experiments.costs import expected
from autoenc.experiments.keeper import Keeper
from autoenc.experiments.progress import ExperimentNow, LabNow, Status, StepNow, look
from autoenc.experiments.rows import EXPERIMENTS, SECTIONS, Experiment, experiment
from autoenc.experiments.running import advance, begin, stop
from autoenc.experiments.saved import SavedLab, find, save, wanted
from autoenc.experiments.sizes import FULL, LESSON, SIZES, Lab, LabSize, lab_here

__all__ = [
    "EXPERIMENTS",
    "FULL",
    "LESSON",
    "SECTIONS",
    "SIZES",
    "Experiment",
    "ExperimentNow",
    "Keeper",
    "Lab",
    "LabNow",
    "LabSize",
    "SavedLab",
    "Status",
    "StepNow",
    "advance",
    "begin",
    "expected",
    "experiment",
    "find",
    "lab_here",
    "look",
    "save",
    "stop",
    "wanted",
]
