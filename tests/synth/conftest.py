import sys
from pathlib import Path

# Spawned workers import `stand_in` by name, so its folder must be on the path that they inherit.
# Kernels written by hand are read as in the tests of the grammar. What measures survival is in `benchmarks`.
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "grammar"), str(HERE.parent.parent)]
