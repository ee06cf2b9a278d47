"""Re-segmentation: the output for a whole document, cut into one piece for each segment of the test set."""
