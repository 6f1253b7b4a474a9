"""``fairgrade adopt``: which assignments of an existing nbgrader course work, and what to add to its configuration."""
