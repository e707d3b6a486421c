"""What a formula, a cut-off or a quota would do before anybody decides: coverage, leakage, cost, and comparisons."""
