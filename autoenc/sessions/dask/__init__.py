"""Background jobs on Dask workers; the only place that imports Dask.

cluster.py      the embedded cluster: loopback only, behind its own certificates
fork_server.py  how a worker process begins
worker.py       what happens in a worker's process
tasks.py        a task on its way to a worker, and how it ended
examination.py  what the workers of an existing cluster are asked before they get jobs
admission.py    which of them may be given jobs
driver.py       what happens in the dashboard's: jobs given to workers and looked after, dead workers
"""

from autoenc.sessions.dask.driver import DaskSessions

__all__ = ["DaskSessions"]
