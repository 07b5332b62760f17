"""Questions that take many simulations: ablations, phase maps and inverse questions."""
