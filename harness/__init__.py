"""Align comparable documents, translate them, score the translations, compare systems honestly."""

__version__ = "0.1.0"
