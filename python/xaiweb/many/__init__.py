"""Many rows: explained in parts, by one process or many, and joined into one file."""
