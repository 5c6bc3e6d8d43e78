"""Run the command with `python -m analysis`."""

import gc
import sys


def main() -> int:
    """Run the command. What it imports stays to its end, so Python need not look among it, nor at its end, for what could go."""
    gc.disable()
    from analysis.cli import main as command  # noqa: PLC0415 - after the line above

    gc.freeze()
    gc.enable()
    return command()


if __name__ == "__main__":
    sys.exit(main())
