"""Background jobs on Dask workers; the only place that imports Dask.

cluster.py      the embedded cluster: loopback only, behind its own certificates
logs.py         where its messages go
fork_server.py  how a worker process begins
worker.py       what happens in a worker's process
tasks.py        a task on its way to a worker, and how it ended
measuring.py    how fast the workers are, measured before jobs begin
environment_check.py  what a worker of an existing cluster is asked before it gets jobs
worker_checks.py      which of these workers may be given jobs
driver.py       what happens in the dashboard's: jobs given to workers and looked after, dead workers
"""

from autoenc.sessions.dask.driver import DaskSessions

__all__ = ["DaskSessions"]
