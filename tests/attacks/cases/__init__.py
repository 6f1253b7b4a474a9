"""One attack a file; its docstring says what it tries. See ``tests/attacks/test_attacks.py`` for the form."""
