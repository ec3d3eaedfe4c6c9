"""Many runs as one: planned, started, kept for the next time, followed, told.

planning.py   what a sweep will take, before anything is started
keeping.py    which sweeps were asked for: small files beside the runs
following.py  how far each of its runs has come
"""

from autoenc.sweeps.following import points
from autoenc.sweeps.keeping import Kept, keep, kept, newest
from autoenc.sweeps.planning import Machine, Plan, Planned, plan

__all__ = ["Kept", "Machine", "Plan", "Planned", "keep", "kept", "newest", "plan", "points"]
