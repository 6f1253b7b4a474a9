"""The code inside the sandbox. This folder is all of fairgrade it sees, and imports nothing of the rest."""
