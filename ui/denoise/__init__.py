"""The page of noise: what is compared, the pictures under the slider, the curves."""
