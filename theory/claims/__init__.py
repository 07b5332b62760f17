"""The statements, one package for each paper and one file for each claim."""
