"""Consistency over a document: what its source repeats, translated the same way everywhere."""
