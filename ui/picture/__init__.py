"""The page Your picture."""
