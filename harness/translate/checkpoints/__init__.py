"""Checkpoints: locating, downloading, recognising their family, loading."""
