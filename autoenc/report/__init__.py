"""What the lab's experiments show, beside the report's own numbers: for the page, and as a hand-out.

blocks.py     what a section consists of: charts, pictures, tables, printed text
results.py    what has been trained and measured, read from its files
comparing/    the report's numbers beside ours, and why they differ
rates.py      bytes against quality as the chart draws it, and what it says
recognised.py what a recogniser reads of the originals, as lines across a chart
sections/     an experiment -> its blocks
handout/      all of it as one HTML file and CSV files
"""

from autoenc.report.blocks import UNKNOWN, Block, Cell, Chart, Pictures, Printed, Strip, Table, shown
from autoenc.report.comparing import Comparison, comparisons
from autoenc.report.results import Results
from autoenc.report.sections import Section, section, what_is_missing

__all__ = [
    "UNKNOWN",
    "Block",
    "Cell",
    "Chart",
    "Comparison",
    "Pictures",
    "Printed",
    "Results",
    "Section",
    "Strip",
    "Table",
    "comparisons",
    "section",
    "shown",
    "what_is_missing",
]
