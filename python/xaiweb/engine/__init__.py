"""Engines answer a method's requests natively."""
