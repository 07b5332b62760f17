"""Ball arithmetic: numbers, integrals and inequalities with a proved error."""
