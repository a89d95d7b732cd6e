import sys
from pathlib import Path

# Spawned workers import `stand_in` by name, so its folder must be on the path that they inherit.
sys.path.insert(0, str(Path(__file__).parent))
