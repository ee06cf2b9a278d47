"""Comparing finished runs from their stored statistics. Reads records, never models, never scores anew."""
