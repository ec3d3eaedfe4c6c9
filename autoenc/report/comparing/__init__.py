"""The report's numbers beside ours, and where they differ the reason, as far as it is known.

comparison.py  one number, ours and the ratio
rows.py        experiment -> the numbers that the report prints of it
reasons.py     why they differ, in a sentence or two that follow from the runs
"""

from autoenc.report.comparing.comparison import Comparison
from autoenc.report.comparing.rows import comparisons

__all__ = ["Comparison", "comparisons"]
