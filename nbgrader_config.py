"""The course, as nbgrader runs it. `fairgrade.nbgrader.configuration` gives a reason for each setting."""

from fairgrade.nbgrader import configure

c = get_config()  # noqa: F821 - traitlets puts it there
configure(c, __file__)
c.CourseDirectory.course_id = "neural_network_fundamentals"
c.CourseDirectory.solution_directory = "solutions"  # next to source/ and release/; nbgrader's own default is singular
