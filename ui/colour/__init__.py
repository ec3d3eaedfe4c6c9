"""The page Colour."""
