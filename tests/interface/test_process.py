"""The command as a process: what it loads, what it leaves, how it ends."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from depthlaw.main import main

CHEAP = "orthogonalization.lemma-4-sharp"
LONG = "orthogonalization.theorem-1-corrected"
BOUND = ["bound", "orthogonalization.lemma-4", "batch=4", "lyapunov=1/8"]
HEAVY = ("numpy", "scipy", "sympy", "flint", "mpmath", "matplotlib", "jinja2")
PATIENCE = 600
"""Seconds after which a process hangs: on a busy machine one that works takes minutes."""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "depthlaw", *words],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=PATIENCE,
        check=False,
    )


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [["--help"], [], ["--version"], ["simulate", "--help"], ["clams"], ["claims", "--no"]]
)
def test_help_and_mistakes_load_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom depthlaw.main import main\n"
        f"main({words})\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    assert python(code).stderr.splitlines()[-1] == "[]"


def test_importing_the_entry_point_loads_no_framework() -> None:
    code = "import sys, depthlaw.main; print({'cyclopts', 'rich'} & set(sys.modules))"
    assert python(code).stdout == "set()\n"


def test_a_list_needs_no_table_printer_checks_no_proof_and_looks_up_no_kernel() -> None:
    code = (
        "import sys\nfrom depthlaw.main import main\n"
        "from depthlaw.theory.claim import check, derivation\n"
        "def refuse(self, *_): raise AssertionError(self)\n"
        "derivation.Derivation.check = refuse\n"
        "check.Deferred.__iter__ = check.Deferred.__getitem__ = refuse\n"
        "assert main(['claims', '--json']) == 0\n"
        "print('scipy.stats' in sys.modules, 'rich.progress' in sys.modules, file=sys.stderr)\n"
        "sys.exit(main(['claims']))"
    )
    found = python(code)
    assert (found.returncode, found.stderr) == (0, "False False\n")


@pytest.mark.parametrize("missing", ["cyclopts", "rich"])
def test_without_the_extra_there_is_advice(missing: str) -> None:
    code = (
        f"import sys\nsys.modules[{missing!r}] = None\n"
        "from depthlaw.main import main\nsys.exit(main(['--help']))"
    )
    found = python(code)
    assert (found.returncode, found.stdout) == (2, "")
    assert "pip install 'depthlaw[cli]'" in found.stderr
    assert found.stderr.count("\n") == 1


def test_the_version_is_the_package_s() -> None:
    import depthlaw

    assert run("--version").stdout.decode().strip() == depthlaw.__version__


def test_exit_statuses_reach_the_shell() -> None:
    assert run(*BOUND).returncode == 0
    assert run(*BOUND[:-1]).returncode == 2


def test_piped_output_is_plain_and_quiet() -> None:
    found = run("verify", CHEAP)
    assert found.returncode == 0
    assert found.stderr == b""
    assert b"\x1b" not in found.stdout
    assert "CERTIFIED" in found.stdout.decode()


@pytest.mark.parametrize(
    "encoding",
    [
        "ascii",
        pytest.param("latin-1", marks=pytest.mark.slow),
        pytest.param("utf-8", marks=pytest.mark.slow),
    ],
)
def test_json_is_utf8_and_text_is_readable_in_any_locale(encoding: str) -> None:
    shown = run("show", CHEAP, "--json", PYTHONIOENCODING=encoding)
    assert "≤" in json.loads(shown.stdout.decode("utf-8"))["statement"]["unicode"]
    page = run("show", CHEAP, PYTHONIOENCODING=encoding)
    assert (page.returncode, page.stderr) == (0, b"")
    assert CHEAP in page.stdout.decode(encoding)
    mistake = run("show", "λ", PYTHONIOENCODING=encoding)
    assert mistake.returncode == 2
    assert mistake.stderr.count(b"\n") == 1


SPOKEN = {"≤": "<=", "≥": ">=", "∞": "inf", "ρ": "rho", "κ": "kappa", "λ": "lambda", "±": "+/-"}
SPEAKING = {
    "ascii": ["show orthogonalization.theorem-1-corrected", "activation relu", "claims"],
    "cp1252": ["verify orthogonalization.lemma-8 orthogonalization.lemma-4-sharp"],
    "latin-1": ["bound orthogonalization.lemma-8 batch=4 smallest=1/8"],
}


def shown(words: list[str], encoding: str, patch: pytest.MonkeyPatch) -> str:
    """Return what a command writes to a terminal of an encoding, which takes no other sign."""
    written = io.BytesIO()
    with patch.context() as here:
        here.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
        assert main(words) == 0
        sys.stdout.flush()
        return written.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", SPEAKING)
def test_a_terminal_without_mathematics_tells_every_sign_apart(
    encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed in SPEAKING[encoding]:
        wanted = shown(typed.split(), "utf-8", monkeypatch)
        page = shown(typed.split(), encoding, monkeypatch)
        assert capsys.readouterr().err == ""
        for sign, spoken in SPOKEN.items():
            assert page.count(spoken) + page.count(sign) >= wanted.count(sign), (typed, sign)
        assert page.count("?") <= wanted.count("?")


@pytest.mark.parametrize(
    "words",
    [
        # A page, a document and what the framework prints; the others are written like these.
        *(BOUND, [*BOUND, "--json"], ["--help"]),
        *(pytest.param(w, marks=pytest.mark.slow) for w in (["--version"], ["claims"])),
        pytest.param(["verify", CHEAP], marks=pytest.mark.slow),
    ],
)
def test_an_output_that_takes_nothing_is_one_sentence(words: list[str]) -> None:
    program = f"{shlex.quote(sys.executable)} -m depthlaw {shlex.join(words)}"
    redirections = [">&-"]
    if os.path.exists("/dev/full"):
        redirections.append("> /dev/full")
    for redirection in redirections:
        found = subprocess.run(
            ["sh", "-c", f"{program} {redirection}"],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (found.returncode, found.stdout) == (2, b"")
        assert found.stderr.startswith(b"depthlaw: standard output ")
        assert found.stderr.count(b"\n") == 1


def test_a_complaint_that_nobody_can_hear_is_still_a_mistake() -> None:
    program = f"{shlex.quote(sys.executable)} -m depthlaw clams"
    for redirection in ("2>&-", ">&- 2>&-", "2> /dev/full"):
        found = subprocess.run(
            ["sh", "-c", f"{program} {redirection}"],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (found.returncode, found.stdout, found.stderr) == (2, b"", b"")


@pytest.mark.parametrize("words", [["claims"], ["--help"], ["--version"], [*BOUND, "--json"]])
def test_a_reader_that_goes_away_is_no_accident(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    found = subprocess.run(
        [sys.executable, "-m", "depthlaw", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writer)
    assert (found.returncode, found.stderr) == (141, b"")


def test_ctrl_c_leaves_no_file_and_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    # A shell may have started the tests with interrupts ignored, which processes inherit.
    code = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from depthlaw.main import main\n"
        f"sys.exit(main(['verify', {LONG!r}, '--budget', 'thorough', '--report', {str(folder)!r}]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        # The folder is made just before the run begins.
        deadline = time.monotonic() + PATIENCE
        while not folder.exists() and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert err == "depthlaw: interrupted, nothing was saved\n"
    assert not folder.exists()


def test_an_interrupt_does_not_wait_for_a_layer_to_end() -> None:
    words = [
        "depthlaw",
        "simulate",
        "--layer",
        "linear,rescale",
        "--batch",
        "64",
        "--width",
        "1e8",
        "--depth",
        "9",
    ]
    code = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.argv = {words}\n"
        "import depthlaw.numerics.simulate\nfrom depthlaw.main import main\n"
        "print('ready', file=sys.stderr, flush=True)\nsys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert err == "depthlaw: interrupted, nothing was saved\n"
