"""Checkpoints: where they are, how they come here, what family they are of, how they load."""
