"""Joudaki, Daneshmand and Bach, NeurIPS 2023.

*On the impact of activation and normalization in obtaining isometric embeddings at initialization*,
arXiv:2305.18399.
"""
