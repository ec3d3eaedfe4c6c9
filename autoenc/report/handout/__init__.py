"""The hand-out: one HTML file that opens anywhere, and its numbers as CSV files.

    job = HandoutJob.of(now)     equal while nothing of the lab has changed
    sessions.start(job)          made in the background; its value is a Handout, with done and doing
    job.stored()                 None: not made yet, or its files are damaged
    html_bytes(job), zip_bytes(job), file_name(job, "html")      for a download

job.py      as a job
making.py   step by step
page.py     the HTML: what the template is given
views.py    blocks as the template shows them
figures.py  charts that fit a phone and print sharply
tables.py   numbers as CSV files, and rounded for people
about.py    the machine, the versions and the runs behind it
stored.py   its files in the cache folder
"""

from autoenc.report.handout.job import HandoutJob, file_name, html_bytes, lab_of, newest, zip_bytes
from autoenc.report.handout.making import Handout, Made, make

__all__ = [
    "Handout",
    "HandoutJob",
    "Made",
    "file_name",
    "html_bytes",
    "lab_of",
    "make",
    "newest",
    "zip_bytes",
]
