"""How the facts are measured that ``probes.py`` tells of a class. Nobody who writes a check needs to read this."""
