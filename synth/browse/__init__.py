"""The page of a dataset: one HTML file that shows every record from disk, with nothing but a browser."""
