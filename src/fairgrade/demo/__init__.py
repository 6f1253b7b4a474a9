"""A class to try a course out with: submissions made from its variants and misconceptions, graded by nbgrader."""
