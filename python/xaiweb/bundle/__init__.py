"""Bundles: a folder with one model, the graphs that ask it, and what a person should read beside its numbers."""
