"""Human judgement of stored outputs: campaigns, the answers of annotators, exports for `agree`."""
