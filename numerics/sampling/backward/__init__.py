"""Gradients through networks of any operations, exactly in law, without a weight matrix.

Given H and Z = W H, a Gaussian W is what these two say of it plus an independent part on the
complement of the range of H. So Wᵀ E is known in law for every E = ∂L/∂Z, and a backward pass takes
the numbers that the forward pass has drawn, neuron by neuron, and some more.
"""
