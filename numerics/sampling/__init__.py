"""Ways of drawing the next layer, exact in law: one route a file, and the choice among them.

A route takes the batch's Gram matrix G = HᵀH/d (or its state H itself) through one layer. All of
them sample the law that the network has, not an approximation of it; they differ in what they
allow and in what they cost.
"""
