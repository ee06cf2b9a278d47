"""Where the shards of a run are worked: in this process, or on a Ray cluster (conf/backend)."""
