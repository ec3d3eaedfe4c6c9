"""What a sweep shows, in plain sentences that follow from its points; empty where there is not enough yet.

Only finished runs whose loss and time are positive numbers count. While others are missing, what is said of
all begins with "So far".

terms.py    the runs that count, and their names and sizes in sentences
seeds.py    how far the runs of several seeds lie apart; which of several settings is best
quality.py  how good they are, by the size of their codes, and beside the baselines
times.py    what they cost in time, and what is had for it
"""

from autoenc.captions.sweep.quality import (
    code_caption,
    large_caption,
    loss_caption,
    ratio_caption,
    tests_caption,
)
from autoenc.captions.sweep.terms import one_text
from autoenc.captions.sweep.times import front_caption, layers_caption, time_caption, timing_caption

__all__ = [
    "code_caption",
    "front_caption",
    "large_caption",
    "layers_caption",
    "loss_caption",
    "one_text",
    "ratio_caption",
    "tests_caption",
    "time_caption",
    "timing_caption",
]
