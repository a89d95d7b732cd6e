"""One run on many machines: shares that are merged, and the engine that Ray drives."""
