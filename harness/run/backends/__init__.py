"""Where the shards of a run are processed: in this process, or on a Ray cluster (conf/backend)."""
