"""Where the package keeps its data and notebooks, in a checkout as in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def shared(name: str) -> Path:
    """Return the folder `data` or `notebooks`: beside the package in a checkout, inside it once installed.

    Raises
    ------
    FileNotFoundError
        If neither is there: the installation is not whole.
    """
    for folder in (PACKAGE / "share" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The folder '{name}' of the package is missing; install the package again.")
