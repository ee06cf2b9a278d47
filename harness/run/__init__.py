"""One run: the order of the stages, its shards, and where they are processed."""
