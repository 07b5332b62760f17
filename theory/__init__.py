"""Symbols, derivations and bounds: nothing here draws a number, simulates or reads a clock."""
