"""Many runs as one: planned, started, saved, followed, summarised.

planning.py   what a sweep will take, before anything is started
machine.py    this machine, for forecasts
saved.py      the sweeps that were started: a small file each beside the runs
continuing.py which of its runs continue shorter ones
running.py    its runs go through the sessions
following.py  how far each of its runs has come
remaining.py  how long it will still take
comparing.py  two data sets at equal compression; the runs of the report's figure
table.py      their results, a row a run; as CSV
text_table.py the same for people, a line a setting: Markdown, LaTeX
"""

from autoenc.sweeps.comparing import (
    RATIOS,
    equal_sweep,
    like_the_report,
    subject,
)
from autoenc.sweeps.following import point_of, points
from autoenc.sweeps.machine import machine_of
from autoenc.sweeps.planning import Plan, Planned, plan
from autoenc.sweeps.remaining import left
from autoenc.sweeps.running import (
    END_STATES,
    baseline_curves,
    baseline_jobs,
    begin,
    begin_missing,
    follow,
    train,
)
from autoenc.sweeps.saved import SavedSweep, find, newest, save, save_for_its_page
from autoenc.sweeps.table import Row, as_csv, columns_of, rows
from autoenc.sweeps.text_table import as_latex, as_markdown

__all__ = [
    "END_STATES",
    "RATIOS",
    "Plan",
    "Planned",
    "Row",
    "SavedSweep",
    "as_csv",
    "as_latex",
    "as_markdown",
    "baseline_curves",
    "baseline_jobs",
    "begin",
    "begin_missing",
    "columns_of",
    "equal_sweep",
    "find",
    "follow",
    "left",
    "like_the_report",
    "machine_of",
    "newest",
    "plan",
    "point_of",
    "points",
    "rows",
    "save",
    "save_for_its_page",
    "subject",
    "train",
]
