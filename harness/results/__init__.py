"""The results store: records, segments, the table derived from them."""
