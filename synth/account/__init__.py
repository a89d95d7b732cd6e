"""What a finished dataset is, told: figures read from its manifest and its records, and the ways to show them."""
