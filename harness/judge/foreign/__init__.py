"""Campaigns and answers in the formats of other tools and of the WMT releases, read and written."""
