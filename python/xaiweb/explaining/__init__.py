"""Explains natively: what ``xaiweb.open`` returns, for each kind of data."""
