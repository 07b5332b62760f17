"""Joudaki and Hofmann, AISTATS 2025.

*Emergence of Globally Attracting Fixed Points in Deep Neural Networks With Nonlinear Activations*,
arXiv:2410.20107.
"""
