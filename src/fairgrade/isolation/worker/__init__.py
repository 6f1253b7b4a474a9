"""The code inside the sandbox. It imports nothing of fairgrade outside this folder, which is all of fairgrade it sees."""
