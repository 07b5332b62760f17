"""Intervals with a proved level: means of bounded samples, medians, probabilities."""
