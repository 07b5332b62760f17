"""What is written and read: letters, LaTeX, HTML for notebooks, and formulas from text."""
