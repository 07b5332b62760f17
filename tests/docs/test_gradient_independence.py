"""The table of gradient independence is what the engine gives."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "gradient_independence", ROOT / "docs" / "gradient_independence.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_has_every_cell(script: ModuleType) -> None:
    table = json.loads(script.FILE.read_text(encoding="utf-8"))
    assert set(table) == set(script.LAYERS)
    sizes = [(n, d) for n in script.BATCHES for d in script.WIDTHS]
    for cells in table.values():
        assert [(c["batch"], c["width"]) for c in cells] == sizes


def test_the_page_has_the_table(script: ModuleType) -> None:
    found = json.loads(script.FILE.read_text(encoding="utf-8"))
    page = script.PAGE.read_text(encoding="utf-8")
    assert f"{script.BEGIN}\n{script.table(found)}\n{script.END}" in page


@pytest.mark.parametrize("batch", [4, 8])
def test_cells_are_found_again_with_other_networks(script: ModuleType, batch: int) -> None:
    table = json.loads(script.FILE.read_text(encoding="utf-8"))
    for name, layer in script.LAYERS.items():
        (known,) = (c for c in table[name] if (c["batch"], c["width"]) == (batch, 16))
        again = script.cell(layer, batch, 16, 100, seed=2)
        for number in ("true", "independent", "difference"):
            error = (known[f"{number}_error"] ** 2 + again[f"{number}_error"] ** 2) ** 0.5
            assert abs(known[number] - again[number]) < 5 * error
