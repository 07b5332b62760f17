"""Symbols, derivations and bounds. Nothing here draws a random number, simulates or reads a clock."""
