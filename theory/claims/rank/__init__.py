"""Daneshmand, Kohler, Bach, Hofmann and Lucchi, NeurIPS 2020.

*Batch Normalization Provably Avoids Rank Collapse for Randomly Initialised Deep Networks*,
arXiv:2003.01652.
"""
