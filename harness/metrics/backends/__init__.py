"""Programs of the worker processes. They run in their own environments and never import the harness."""
