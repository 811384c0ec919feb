"""A static site from bundles: its runtime files, its pages, and a server to try it with."""
