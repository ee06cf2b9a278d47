"""The evidence for a bead: spans, clauses, marks and the weights fitted to them."""
