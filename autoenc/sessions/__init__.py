"""Runs jobs in the background, with progress, stop and cache."""
