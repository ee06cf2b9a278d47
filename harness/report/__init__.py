"""One self-contained page of a comparison: `python -m harness report -o report.html`."""
