"""What every page wears: its look, its head, who may, how errors are shown."""
