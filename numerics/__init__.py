"""Simulation, estimation and verdicts: everything that draws a random number."""
