"""Start the zygote: ``python -I <this folder> <descriptor>``.

The folder is loaded as a package of its own name, so that the sandbox need not hold the rest of fairgrade.
"""

import importlib.util
import os
import sys

NAME = "fairgrade_worker"


def _load() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    # `python <folder>` puts the folder first on the path, where our wire.py would hide a student's.
    sys.path.pop(0)
    _load()
    importlib.import_module(NAME + ".zygote").main(int(sys.argv[1]))
