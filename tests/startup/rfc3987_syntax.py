"""Stand in the way of a package that jsonschema takes if it is there: its grammar costs each command over a second."""

raise ImportError
