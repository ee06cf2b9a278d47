"""One module an engine (conf/engine)."""
