"""Ball arithmetic: numbers with a proved error, integrals with a proved tail, inequalities over boxes."""
