"""Networks of any operations, exactly in law: a walk through the operations of each layer.

Given H, the rows of W H are independent Gaussians whose covariance only needs G = HᵀH/d. So the
law of all that follows depends on H through G alone, as long as H is used through fresh weights,
through means over its neurons, or as a skip; then H may be taken as uniformly rotated. What acts on
single neurons needs their rows, and has them right after fresh weights, or where they are kept.
"""
