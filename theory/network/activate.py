"""An activation of your own as an operation of a layer."""

from __future__ import annotations

from dataclasses import dataclass

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import flag, function, text


@dataclass(frozen=True)
class Activate(Elementwise):
    """Apply a function of your own to every entry.

    Parameters
    ----------
    function
        Vectorised: takes and returns a float array of any shape. It is called from several threads.
    name
        What reports call it, and what layer text calls it: without a colon or a comma outside
        parentheses, and not the name of an operation or of a catalogue activation with other
        values. A name that is none of these is fine; `parse_layer` says that it does not know it.
    homogeneous
        Whether φ(2x) = 2φ(x) for every double x, to the last bit. A network of such activations
        that rescales nowhere can be followed to any depth: its scale is brought back by powers of
        two. A simulation tries it on some numbers.
    derivative
        φ′ in the same way, which gradients need; None where none are wanted. A simulation compares
        it with differences of φ at some numbers.

    Raises
    ------
    ArgumentError
        If `function` cannot be called, or `name` is not such a name.
    """

    def __post_init__(self) -> None:
        # Reading a name brings the catalogue, and SymPy with it.
        from depthlaw.theory.network.names import check_known, check_name

        function("function", self.function, "a function of arrays")
        if self.derivative is not None:
            function("derivative", self.derivative, "a function of arrays, or None")
        object.__setattr__(self, "homogeneous", flag("homogeneous", self.homogeneous))
        check_known(check_name(text("name", self.name)), self.function)
