"""The page Latent: the numbers of a code in the hand, and all codes from above."""
