"""The views of a run, one a tab: each has `show(run, active)`."""
