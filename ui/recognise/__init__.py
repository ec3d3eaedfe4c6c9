"""The page of recognition: a recogniser learns, reads what came back, and says how sure it is."""
