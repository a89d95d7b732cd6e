"""The files that records are kept in."""
