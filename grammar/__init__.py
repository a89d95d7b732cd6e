"""The grammar of Warp kernels: rows of constructs, growth of kernels from choices, and printing."""
