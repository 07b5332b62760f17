"""Tools of daneshmand2021: the spectrum of a batch-normalised layer, and what strays from it."""
