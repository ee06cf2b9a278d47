"""Configurations: their schema, the user's own folder, one line for each mistake."""
