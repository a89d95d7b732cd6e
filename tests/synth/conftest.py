import sys
from pathlib import Path

# Spawned workers import `stand_in` by name, so its folder must be on the path that they inherit.
# Kernels written by hand are read as in the tests of the grammar.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "grammar")]
