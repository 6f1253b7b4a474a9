"""A whole class graded: submissions spread over processes or machines, results recorded by one writer."""
