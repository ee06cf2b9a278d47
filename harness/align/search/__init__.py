"""Exact search over a lattice of beads."""
