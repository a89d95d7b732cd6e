"""Whether a dataset survives: the real command under faults at random moments, continued, and compared with a quiet run."""
