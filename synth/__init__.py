"""The pipeline and command line: seeds in, a dataset of compiled, distinct kernels out."""

VERSION = "0.6.0"
"""The version of the generator, written into every record."""
