"""Convolutions over the positions of each sample."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from depthlaw.theory.errors import ArgumentError, double, integer, items, member, positive_double
from depthlaw.theory.network.width import check_width


class Padding(StrEnum):
    """What a convolution sees beyond the border."""

    ZERO = "zero"
    """Zeros; the variance of a weight stays 1/(fan-in), as in PyTorch."""
    CIRCULAR = "circular"
    """The other side."""


@dataclass(frozen=True)
class Conv:
    """A convolution with fresh Gaussian weights that keeps the positions (stride 1).

    Columns are (sample, position), neurons are channels. One channel out is
    Σ_{c, δ} W[c, δ] H[c, p + δ] with Var W = variance/(channels · |kernel|).

    Parameters
    ----------
    kernel
        Odd lengths along each axis of the positions; one number stands for all axes.
    variance
        Channels in · |kernel| · Var W > 0: 2 is He's.
    bias
        Variance ≥ 0 of a bias for each channel.
    width
        Channels out: a number, a multiple like ``"2x"`` of the network's width, or None for it.
    padding
        Zeros or circular.

    Raises
    ------
    ArgumentError
        If a length is even, or a number out of range.
    """

    kernel: int | tuple[int, ...] = 3
    variance: float = 1.0
    bias: float = 0.0
    width: int | str | None = None
    padding: Padding = Padding.ZERO

    def __post_init__(self) -> None:
        lengths = self.kernel
        if isinstance(lengths, tuple | list):
            lengths = tuple(_length(k) for k in items("kernel", lengths, "odd lengths"))
            if not lengths:
                raise ArgumentError("kernel", self.kernel, "give a length for each axis")
            if len(lengths) == 1:
                lengths = lengths[0]
        else:
            lengths = _length(lengths)
        object.__setattr__(self, "kernel", lengths)
        object.__setattr__(self, "variance", positive_double("variance", self.variance))
        object.__setattr__(self, "bias", check_bias(self.bias))
        if self.width is not None:
            object.__setattr__(self, "width", check_width(self.width))
        object.__setattr__(self, "padding", member("padding", self.padding, Padding))

    def lengths(self, axes: int) -> tuple[int, ...]:
        """Return the kernel's length along each of `axes` axes.

        Raises
        ------
        ArgumentError
            If the kernel has another number of axes.

        Examples
        --------
        >>> Conv(3).lengths(2) == Conv((3, 3)).lengths(2)
        True
        """
        if isinstance(self.kernel, int):
            return (self.kernel,) * axes
        if len(self.kernel) != axes:
            raise ArgumentError(
                "kernel",
                "x".join(map(str, self.kernel)),
                f"the network's positions have {axes} axes: give as many lengths, or one for all",
            )
        return self.kernel

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back."""
        kernel = (self.kernel,) if isinstance(self.kernel, int) else self.kernel
        parts = ["conv", "x".join(map(str, kernel))]
        if self.variance != 1:
            parts.append(f"variance={self.variance!r}")
        if self.bias:
            parts.append(f"bias={self.bias!r}")
        if self.width is not None:
            parts.append(f"width={self.width}")
        if self.padding is not Padding.ZERO:
            parts.append(str(self.padding))
        return ":".join(parts)


def _length(length: object) -> int:
    odd = integer("kernel", length)
    if odd % 2 == 0:
        raise ArgumentError("kernel", length, "an even length has no middle: take an odd one")
    return odd


def check_bias(bias: object) -> float:
    """Return the variance of a bias as a float ≥ 0."""
    value = double("bias", bias)
    if value < 0:
        raise ArgumentError("bias", bias, "it is the variance of a bias: it must be ≥ 0")
    return value + 0.0
