"""A whole class graded: submissions spread over processes or machines, results recorded by one writer."""

import sys

# When it is imported, jsonschema builds a grammar of web addresses with this package, for a format that no notebook
# uses. It takes a second, in each of our processes. Without the package jsonschema leaves that format out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
