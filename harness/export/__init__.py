"""Results for other tools: tables, model cards, human evaluation."""
