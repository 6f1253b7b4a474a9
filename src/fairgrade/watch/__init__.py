"""``fairgrade watch``: submissions are graded as they arrive."""
