"""The rule table: kinds of terms whose Gaussian integrals are closed, one kind in a file.

`decompose` writes a piecewise formula as a sum of terms; each term knows its Hermite moments, and
`closed_kernel` adds up the expectations of pairs of terms.
"""
