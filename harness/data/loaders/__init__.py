"""One module a format of test sets (conf/data)."""
