"""Nachum, Bondaschi, Gastpar and Khina, 2024: recentring and ReLU without rescaling.

*Batch Normalization Decomposed*, arXiv:2412.02843. The paper's formal statements, proofs and
experiments are not available to this project; the statements here are ours and say so.
"""
