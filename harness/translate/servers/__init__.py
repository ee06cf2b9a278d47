"""Talking to translation services over HTTP: one client and one way to read failures for all engines."""
