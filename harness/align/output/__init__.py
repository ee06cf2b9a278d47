"""Alignments as files and pages."""
