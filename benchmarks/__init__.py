"""What is measured, with what, and what the numbers mean: see README.md here."""
