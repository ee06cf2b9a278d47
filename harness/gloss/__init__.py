"""The word-for-word system: a dictionary, inflected by rules."""
