"""Daneshmand, Joudaki and Bach, NeurIPS 2021.

*Batch Normalization Orthogonalizes Representations in Deep Random Networks*, arXiv:2106.03970.
"""
