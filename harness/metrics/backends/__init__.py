"""Programs of the worker processes. They run in environments of their own and never import the harness."""
