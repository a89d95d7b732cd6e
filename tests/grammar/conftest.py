import sys
from pathlib import Path

import pytest

# The modules beside the tests are imported by name.
sys.path.insert(0, str(Path(__file__).parent))

from sampled import Sampled, sampled

COUNT = 1_040  # 40 of each category


@pytest.fixture(scope="session")
def samples() -> tuple[Sampled, ...]:
    """Kernels of every category in turn, as a run draws them."""
    return tuple(sampled(index) for index in range(COUNT))
