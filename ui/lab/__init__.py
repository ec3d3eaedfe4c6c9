"""The page Lab: the experiments of the lab report, done again."""
