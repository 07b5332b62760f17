"""Whatever is typed: a result, or one sentence that names the argument and its value."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from depthlaw.commands import files

if TYPE_CHECKING:
    from tests.interface.conftest import Command


CHEAP = "orthogonalization.lemma-4-sharp"
BOUND = "bound orthogonalization.theorem-1-corrected "
FULL = BOUND + "batch=8 width=1e6 depth=40 "
SPECTRUM = "bound orthogonalization.lemma-6-exact width=9 "
RUN = "simulate --batch 8 --width 100 --depth 3 --layer "
SIMULATE = RUN + "linear,rescale "
VERIFY = "verify orthogonalization.lemma-4-sharp "

# What is typed, and what the sentence must hold: argument and value, then what to do.
MISTAKES = [
    ("clams", "command = clams", "did you mean claims?"),
    ("--verzion", "option = --verzion", "did you mean --version?"),
    ("claims --jsn", "option = --jsn", "did you mean --json?"),
    ("claims --json=perhaps", "json = perhaps", "cannot be read"),
    ("claims rankk", "claim = rankk", "did you mean rank?"),
    ("show", "claim = missing", "depthlaw show --help"),
    ("show orthogonalization.theorem1", "claim = orthogonalization.theorem1", "theorem-1"),
    ("show one two", "argument = two", "takes nothing here"),
    ("bound orthogonalisation.lemma-4", "claim = orthogonalisation.lemma-4", "lemma-4"),
    (BOUND, "batch = missing", "give batch="),
    (FULL, "alpha = missing", "give alpha="),
    (FULL + "alpha=0.5", "alpha = 0.5", "here α ≤ 1/8: at most 1/batch"),
    (FULL + "alpha=0", "alpha = 0", "above 0"),
    (FULL + "alpha=-0.1", "alpha = -0.1", "above 0"),
    (FULL + "alpha=nan", "alpha = nan", "finite real number"),
    (FULL + "alpha=inf", "alpha = inf", "finite real number"),
    (FULL + "alpha=1e999", "alpha = 1000", "at most 1/batch"),
    (FULL + "alpha=1e999999999", "alpha = 1e999999999", "finite real number"),
    (FULL + "alpha=1/0", "alpha = 1/0", "finite real number"),
    (FULL + "alpha=0x1", "alpha = 0x1", "finite real number"),
    (FULL + "alpha=0.1 alpha=0.1", "alpha = 0.1", "given twice"),
    (FULL + "alpa=0.1", "parameter = alpa", "did you mean alpha?"),
    (FULL + "alpha", "argument = alpha", "name=value"),
    (FULL + "alpha=", "argument = alpha=", "name=value"),
    (FULL + "=0.1", "argument = =0.1", "name=value"),
    (FULL + "--alpha=0.1", "option = --alpha", "name=value"),
    (BOUND + "batch=0", "batch = 0", "at least 2"),
    (BOUND + "batch=-8", "batch = -8", "at least 2"),
    (BOUND + "batch=8.5", "batch = 8.5", "whole number"),
    (BOUND + "batch=8 width=0", "width = 0", "at least 1"),
    (
        BOUND + "batch=8 width=4 depth=1 alpha=0.1",
        "width = 4",
        "here d ≥ 8: a width of at least the batch",
    ),
    (BOUND + "batch=8 width=9 depth=-1 alpha=0.1", "depth = -1", "at least 0"),
    (SPECTRUM + "eigenvalues=1,-2", "eigenvalues = -2", "at least 0"),
    (SPECTRUM + "eigenvalues=1,nan", "eigenvalues = nan", "finite real number"),
    (SPECTRUM + "eigenvalues=0,0", "eigenvalues = ", "one eigenvalue must be above 0"),
    ("simulate --layer linear --batch 8 --width 9", "depth = missing", "depthlaw simulate"),
    (SIMULATE + "--batch 4", "batch = 4", "given twice"),
    (SIMULATE + "--replicas 0", "replicas = 0", "at least 1"),
    (SIMULATE + "--replicas 2.5", "replicas = 2.5", "whole number"),
    (SIMULATE + "--replicas 1e12", "replicas = 1000000000000", "GB of memory"),
    (SIMULATE + "--seed -1", "seed = -1", "at least 0"),
    (SIMULATE + "--seed one", "seed = one", "whole number"),
    (SIMULATE + "--level 0", "level = 0.0", "strictly between 0 and 1"),
    (SIMULATE + "--level 1", "level = 1.0", "strictly between 0 and 1"),
    (SIMULATE + "--level nan", "level = nan", "finite"),
    (SIMULATE + "--level much", "level = much", "a number"),
    (SIMULATE + "--correlation 1.5", "correlation = 1.5", "between -0.142857 and 1"),
    (SIMULATE + "--correlation -1/2", "correlation = -0.5", "between -0.142857 and 1"),
    (SIMULATE + "--correlation nan", "correlation = nan", "finite"),
    (SIMULATE + "--correlation inf", "correlation = inf", "finite"),
    (SIMULATE + "--start isotropic --correlation 0.5", "correlation = 0.5", "isotropic"),
    (SIMULATE + "--start isotropc", "start = isotropc", "did you mean isotropic?"),
    (SIMULATE + "--route wishart", "route = wishart", "not exact"),
    (SIMULATE + "--route atuo", "route = atuo", "did you mean auto?"),
    (RUN + "linear:uniform --route gram", "route = gram", "not exact"),
    (RUN + "linear,reluu", "operation = reluu", "did you mean relu"),
    (RUN + "linear,,rescale", "layer = 'linear,,rescale'", "between two of its commas"),
    (RUN + "linear:residual=nan", "residual = nan", "finite"),
    (SIMULATE + "--solve layer --target 0.5", "solve = layer", "depth or width"),
    (SIMULATE + "--target 0.5", "solve = missing", "depth or width"),
    (SIMULATE + "--solve depth", "target = missing", "--target 0.1"),
    (SIMULATE + "--solve depth --target 5", "target = 5.0", "between 0 and"),
    (SIMULATE + "--solve depth --target 0.5 --route gram", "route = gram", "leave it out"),
    (
        "simulate --layer linear --batch 8 --width 4 --depth 1 --solve width --target 0.5",
        "width = 4",
        "at least 8",
    ),
    ("activation", "activation = missing", "give either"),
    ("activation relu --expr x", "activation = relu", "give either"),
    ("activation rleu", "rleu", "did you mean"),
    ("activation relu --gap 0.1", "gap = 0.1", "--gram FILE"),
    ("activation relu --order -1", "order = -1", ""),
    ("activation relu --order 1e9", "order = 1000000000", "200"),
    ("activation relu --gain 0", "gain = 0", ""),
    ("activation relu --gain nan", "gain = nan", ""),
    ("activation relu --plot nowhere/at/all.png", "plot = nowhere/at/all.png", "No such file"),
    ("activation relu --plot picture.gif", "plot = picture.gif", "must end in"),
    ("simulate --layer linear --batch 1 --width 9 --depth 1", "batch = 1", "at least 2"),
    ("simulate --layer linear --batch -8 --width 9 --depth 1", "batch = -8", "at least 2"),
    ("simulate --layer linear --batch 1e9 --width 9 --depth 1", "batch = 1000000000", "memory"),
    ("simulate --layer linear --batch 8 --width 0 --depth 1", "width = 0", "at least 1"),
    ("simulate --layer linear --batch 8 --width 9 --depth -1", "depth = -1", "at least 0"),
    ("simulate --layer linear --batch 8 --width 9 --depth 1e12", "depth = 1000000", "memory"),
    (
        "simulate --layer linear:residual=0.5,rescale --batch 8 --width 4 --depth 1 --route state",
        "width = 4",
        "rank",
    ),
    (
        "simulate --layer linear --batch 8 --width 1e7 --depth 1 --route explicit",
        "width = 10000000",
        "explicit route needs",
    ),
    (VERIFY + "orthogonalization.lemma4", "claim = orthogonalization.lemma4", "did you mean"),
    (VERIFY + "--budget quik", "budget = quik", "did you mean quick?"),
    (VERIFY + "--level 2", "level = 2.0", "strictly between 0 and 1"),
    (VERIFY + "--level nan", "level = nan", "finite"),
    (VERIFY + "--seed -1", "seed = -1", "at least 0"),
    (VERIFY + "--report", "report = missing", "depthlaw verify"),
]


@pytest.mark.parametrize(("typed", "names", "advises"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_gets_one_sentence(
    typed: str, names: str, advises: str, command: Command
) -> None:
    found = command(*typed.split())
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("depthlaw: ")
    assert found.err.count("\n") == 1
    assert names in found.err
    assert advises in found.err
    assert len(found.err) < 500


def test_the_same_mistake_with_json_leaves_stdout_empty(command: Command) -> None:
    found = command(*(FULL + "alpha=0.5 --json").split())
    assert (found.status, found.out) == (2, "")


def test_control_characters_do_not_reach_the_terminal(command: Command) -> None:
    found = command("show", "a\x1b[31m\nb\r\x07")
    assert found.status == 2
    assert found.err[:-1].isprintable()


@pytest.mark.parametrize("present", ["not json", "[]", "{}", '{"claims": []}', '{"schema": "x"}'])
def test_a_file_that_is_not_ours_stays(present: str, tmp_path: Path, command: Command) -> None:
    path = tmp_path / "verdicts.json"
    path.write_text(present, encoding="utf-8")
    found = command(*VERIFY.split(), "--report", str(tmp_path))
    assert (found.status, found.out) == (2, "")
    assert f"report = {tmp_path}" in found.err
    assert path.read_text(encoding="utf-8") == present


def test_a_report_folder_that_is_a_file_is_refused(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "taken"
    path.write_text("mine", encoding="utf-8")
    for folder in (path, path / "below"):
        found = command(*VERIFY.split(), "--report", str(folder))
        assert (found.status, found.out) == (2, "")
        assert f"report = {folder}" in found.err
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_bad_argument_leaves_no_folder_behind(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "new" / "reports"
    assert command(*VERIFY.split(), "--report", str(folder), "--level", "7").status == 2
    assert not folder.parent.exists()


FILES = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "binary": (b"\xff\xfe\x00\x01", "it is no text"),
    "words": (b"one,two\n", "it must be a number"),
    "ragged": (b"1,0.5\n0.5\n", "equally many numbers"),
    "row": (b"1,0.5,0.25\n", "square"),
    "nan": (b"1,nan\nnan,1\n", "finite"),
    "huge": (b"1,1e400\n1e400,1\n", "finite"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_a_matrix_is_one_sentence(
    name: str, tmp_path: Path, command: Command
) -> None:
    content, advises = FILES[name]
    (tmp_path / name).write_bytes(content)
    found = command("activation", "relu", "--gram", str(tmp_path / name))
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("depthlaw: gram")
    assert advises in found.err
    assert found.err.count("\n") == 1


def test_places_that_hold_no_file_are_one_sentence(tmp_path: Path, command: Command) -> None:
    for path in (str(tmp_path), str(tmp_path / "missing"), "", " ", "a\0b", "x" * 5000):
        found = command("activation", "relu", "--gram", path)
        assert (found.status, found.out) == (2, "")
        assert found.err.startswith("depthlaw: gram = ")
        assert found.err.count("\n") == 1


def test_a_file_is_read_up_to_a_size(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gram.csv"
    path.write_bytes(b"\xef\xbb\xbf1,0.5\n0.5,1\n")
    words = ("activation", "relu", "--gram", str(path))
    assert command(*words).status == 0
    monkeypatch.setattr(files, "LARGEST", 8)
    found = command(*words)
    assert (found.status, found.out) == (2, "")
    assert "or has no end" in found.err


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device here")
def test_a_file_without_end_is_one_sentence(command: Command) -> None:
    for path in ("/dev/zero", "/dev/urandom"):
        found = command("activation", "relu", "--gram", path)
        assert (found.status, found.out) == (2, "")
        assert "or has no end" in found.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_read_if_somebody_writes_into_it(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    words = ("activation", "relu", "--gram", str(path))
    with ThreadPoolExecutor(1) as writer:
        writer.submit(path.write_text, "1,0.5\n0.5,1\n", encoding="utf-8")
        assert command(*words).status == 0
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    found = command(*words)
    assert (found.status, found.out) == (2, "")
    assert "nothing came out of it" in found.err


def test_a_picture_is_written_whole_or_not_at_all(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "relu.svg"
    words = ("activation", "relu", "--plot", str(path))
    assert command(*words).status == 0
    before = path.read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    assert command(*words).status == 130
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["relu.svg"]


HOSTILE = [
    "",
    " ",
    "-1",
    "0",
    "1e400",
    "nan",
    "-inf",
    "½",
    "२",
    "λ≤∞",
    "../..",
    "a\nb",
    "\0",
    "\ud800",
]
HOSTILE += ["1_0", "0x10", "1/0", "--", "-", "[bold]", "%s", "x" * 400, "9" * 30]
COMMANDS = {
    "claims": [],
    "show": [CHEAP, "orthogonalization"],
    "bound": [CHEAP, "batch=4", "lyapunov=1/8", "--solve", "--target", "batch"],
    "activation": ["relu", "--expr", "--order", "--gain", "--gram", "--gap"],
    "predict": [
        *("--layer", "linear,relu", "batchnorm", "--batch", "2", "--depth", "--correlation"),
        *("--start", "--width", "--stem", "--head", "--positions", "--out", "--columns"),
    ],
    "simulate": [
        *("--layer", "linear", "--batch", "2", "--width", "--depth", "--replicas", "--seed"),
        *("--start", "--correlation", "--route", "--level", "--solve", "--target"),
    ],
    "verify": [CHEAP, "--budget", "--level", "--seed"],
}


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_end_in_a_result_or_a_sentence(data: st.DataObject, command: Command) -> None:
    name = data.draw(st.sampled_from([*COMMANDS, "clams", "--verzion"]))
    known = [*COMMANDS.get(name, []), "--json", "--help", "2", "0.5"]
    words = data.draw(st.lists(st.sampled_from(known) | st.sampled_from(HOSTILE), max_size=6))
    if name == "verify" and CHEAP not in words:
        words.insert(0, CHEAP)  # not the whole registry
    found = command(name, *words)
    assert found.status in (0, 2)
    if found.status == 2:
        assert found.out == ""
        assert found.err.startswith("depthlaw: ")
        assert found.err.count("\n") == 1
        assert found.err[:-1].isprintable()


NAMES = ["batch", "width", "depth", "alpha", "lyapunov", "eigenvalues", "x", ""]
VALUES = st.text(max_size=8) | st.text("0123456789.eE+-/_,naif ", max_size=10)
garbage = (
    st.builds("{}={}".format, st.sampled_from(NAMES), VALUES)
    | st.text(max_size=10)
    | st.sampled_from(["batch=8", "width=1000", "depth=3", "alpha=0.1", "eigenvalues=1,2"])
)


@pytest.mark.parametrize(
    "claim",
    [
        "orthogonalization.theorem-1-corrected",
        "orthogonalization.lemma-4-sharp",
        "orthogonalization.lemma-6-exact",
        "orthogonalization.stationary-gap",
    ],
)
@given(words=st.lists(garbage, max_size=5))
@example(words=["batch=1e999", "width=1e1000", "depth=1e999", "alpha=1e-1000"])
@example(words=["batch=2", "lyapunov=1e999"])
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples * 3 // 2,
)
def test_any_values_give_a_result_or_a_sentence(
    claim: str, words: list[str], command: Command
) -> None:
    # A word that asks for help, or ends the options, is none of the values.
    words = [word for word in words if not word.startswith("-")]
    found = command("bound", claim, *words, "--json")
    assert found.status in (0, 2)
    if found.status == 0:
        assert found.document["claim"] == claim
        assert found.err == ""
    else:
        assert found.out == ""
        assert found.err.count("\n") == 1
        assert found.err[:-1].isprintable()
