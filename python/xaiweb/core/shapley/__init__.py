"""Shapley values: what is affordable (``plan``), exact (``exact``) or sampled (``design``, ``least_squares``)."""
