"""Near-duplicates: which records resemble each other, the clusters they make, and splits that no cluster crosses."""
