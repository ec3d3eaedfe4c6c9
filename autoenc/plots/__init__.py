"""Schema values -> plotly figures: pure functions, used by the pages, the report and the command line alike.

drawing.py    traces, axes, layout, colours
training.py   the figures of runs
dots.py       runs as dots, and what they are measured against
sweep.py      the figures of a sweep
equal.py      two data sets in one figure
errors.py     where a model errs, as bars
confusion.py  what is read in the original against what is read in the reconstruction
denoising/    the figures of denoising
out_of_distribution.py    the error of a picture from outside
recogniser.py   how a recogniser learns, and how sure it may be
recognition.py  what can still be read
rates.py      bytes and quality
latent.py     how the numbers of a code vary together
"""

from autoenc.pareto import pareto
from autoenc.plots.confusion import confusion_matrix
from autoenc.plots.denoising import (
    Line,
    MatrixRow,
    SizeCurve,
    quality_by_size,
    quality_curves,
    transfer_matrix,
)
from autoenc.plots.drawing import (
    CLASS_COLOURS,
    COLOUR,
    FONT_SIZE,
    LOSS,
    MAX_COMPARED,
    SEVERAL_COLOURS,
)
from autoenc.plots.equal import error_at_equal, times_of_both
from autoenc.plots.errors import error_by_channel, error_by_class
from autoenc.plots.latent import covariance
from autoenc.plots.out_of_distribution import loss_among_tests
from autoenc.plots.rates import CODEC_COLOURS, CODEC_SYMBOLS, RateLine, loss_by_ratio_in_bytes, psnr_by_rate
from autoenc.plots.recogniser import recogniser_accuracy, recogniser_loss, reliability_diagram
from autoenc.plots.recognition import (
    Level,
    NoisyLine,
    Reference,
    accuracy_by_code,
    accuracy_by_noise,
    probe_by_code,
    probe_by_epoch,
    psnr_by_code,
)
from autoenc.plots.sweep import loss_at_large_sizes, loss_by_code, loss_by_ratio, loss_by_size
from autoenc.plots.sweep_axes import Axes, setting_title
from autoenc.plots.sweep_times import loss_by_time, time_by_size
from autoenc.plots.training import MAX_POINTS, code_bytes, comparison, extremes, kl, loss_curve, timing

__all__ = [
    "CLASS_COLOURS",
    "CODEC_COLOURS",
    "CODEC_SYMBOLS",
    "COLOUR",
    "FONT_SIZE",
    "LOSS",
    "MAX_COMPARED",
    "MAX_POINTS",
    "SEVERAL_COLOURS",
    "Axes",
    "Level",
    "Line",
    "MatrixRow",
    "NoisyLine",
    "RateLine",
    "Reference",
    "SizeCurve",
    "accuracy_by_code",
    "accuracy_by_noise",
    "code_bytes",
    "comparison",
    "confusion_matrix",
    "covariance",
    "error_at_equal",
    "error_by_channel",
    "error_by_class",
    "extremes",
    "kl",
    "loss_among_tests",
    "loss_at_large_sizes",
    "loss_by_code",
    "loss_by_ratio",
    "loss_by_ratio_in_bytes",
    "loss_by_size",
    "loss_by_time",
    "loss_curve",
    "pareto",
    "probe_by_code",
    "probe_by_epoch",
    "psnr_by_code",
    "psnr_by_rate",
    "quality_by_size",
    "quality_curves",
    "recogniser_accuracy",
    "recogniser_loss",
    "reliability_diagram",
    "setting_title",
    "time_by_size",
    "times_of_both",
    "timing",
    "transfer_matrix",
]
