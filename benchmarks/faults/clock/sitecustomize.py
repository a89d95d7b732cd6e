"""Imported by every Python process of a run whose clock is wrong: it is years off, and jumps back and forth."""

import os
import random
import time

_SHIFT = float(os.environ["FAULTS_CLOCK"])
_true, _true_ns = time.time, time.time_ns
time.time = lambda: _true() + _SHIFT + random.uniform(-3600, 3600)
time.time_ns = lambda: _true_ns() + int((_SHIFT + random.uniform(-3600, 3600)) * 1e9)
