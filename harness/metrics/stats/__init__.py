"""Statistics over segment statistics: intervals, paired tests, ranking, what judges notice."""
