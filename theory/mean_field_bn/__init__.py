"""Batch normalisation in the wide limit: its fixed point, and how it makes gradients grow.

A layer is W φ(BN(z)) with recentring and ε = 0. In a batch of B samples that are all alike BN(z) is
√B times a uniform direction of the space orthogonal to 1, of dimension B − 1: one entry is
√(B−1)·t with t the first coordinate of a uniform point of a sphere, and two entries are as two
coordinates that meet at the angle of cosine −1/(B−1).
"""
