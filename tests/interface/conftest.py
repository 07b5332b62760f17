"""What the tests of the front door share."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn

import pytest

from depthlaw.main import main
from depthlaw.theory.claim.check import ParameterValue


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on stdout, read strictly and as a whole."""

        def refuse(constant: str) -> NoReturn:
            raise ValueError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


Command = Callable[..., Outcome]


@pytest.fixture
def written() -> Callable[[Mapping[str, ParameterValue]], list[str]]:
    """Return parameters as a person types them, without losing a digit."""

    def text(value: ParameterValue) -> str:
        if isinstance(value, tuple):
            return ",".join(map(text, value))
        return str(Fraction(value))

    return lambda parameters: [f"{name}={text(value)}" for name, value in parameters.items()]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process: ``command("bound", …)``."""

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        status = main(words)
        return Outcome(status, *capsys.readouterr())

    return run
