"""The heads of the runs' files, enough to list them: without PyTorch, which takes seconds to load.

paths.py     where the files are, and what they agree on
parsing.py   a file's head taken out: what is not what it should be is refused
summary.py   a head -> RunSummary
listing.py   the folder -> what is in it
run_rows.py  that as a table, a row a run
stored.py    that, in the cache folder for the next process
"""

from autoenc.heads.listing import continuable, examples, furthest, summaries
from autoenc.heads.paths import find, folder, is_example, path_of
from autoenc.heads.run_rows import ROW_COLUMNS, rows

__all__ = [
    "ROW_COLUMNS",
    "continuable",
    "examples",
    "find",
    "folder",
    "furthest",
    "is_example",
    "path_of",
    "rows",
    "summaries",
]
