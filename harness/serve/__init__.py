"""The workbench: `python -m harness serve` shows the results store in the browser."""
