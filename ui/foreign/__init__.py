"""The page of foreign pictures: what is looked at, the pad, what each model makes of it."""
