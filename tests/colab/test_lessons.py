"""The lessons with the packages that Colab has, and without ipywidgets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

LESSONS = sorted(path.parent.name for path in ROOT.glob("source/*/*.ipynb"))

PACKAGES = ["numpy==2.0.2", "matplotlib==3.10.*", "ipywidgets==7.7.*", "ipython==7.34.*", "ipykernel==6.17.*"]

WITHOUT_WIDGETS = 'import sys\nsys.modules["ipywidgets"] = None'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Jupyter's with a kernel, whose environment holds what Colab brings and nothing of this repository."""
    folder = tmp_path_factory.mktemp("colab")
    python = folder / "env" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder / "env")], check=True)
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES], check=True)
    (folder / "kernels" / "colab").mkdir(parents=True)
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Colab"}
    (folder / "kernels" / "colab" / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    return folder


@pytest.mark.parametrize("widgets", [True, False], ids=["ipywidgets", "without ipywidgets"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solution_runs_from_top_to_bottom(
    lesson: str, widgets: bool, data: Path, tmp_path: Path, own_sockets: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No error, nothing on stderr; with and without sliders, which have a still picture in their place."""
    notebook = nbformat.read(ROOT / "source" / lesson / f"{lesson}.ipynb", as_version=4)
    hidden = "\n### BEGIN HIDDEN TESTS"
    for cell in notebook.cells:
        cell.source = cell.source.split(hidden)[0]  # graders are not in Colab
    if not widgets:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(WITHOUT_WIDGETS))
    monkeypatch.setenv("JUPYTER_PATH", str(data))
    where = {"metadata": {"path": str(tmp_path)}}
    options = {"kernel_name": "colab", "timeout": 300, "skip_cells_with_tag": "", "resources": where}
    done = NotebookClient(notebook, config=own_sockets, **options).execute()
    outputs = {cell.id: cell.outputs for cell in done.cells if cell.cell_type == "code"}
    assert [(name, o.text) for name, made in outputs.items() for o in made if o.get("name") == "stderr"] == []
    for cell in done.cells:
        if "interactive" in cell.metadata.get("tags", ()):
            kinds = {kind for o in outputs[cell.id] for kind in o.get("data", {})}
            assert ("application/vnd.jupyter.widget-view+json" in kinds) == widgets, cell.id
