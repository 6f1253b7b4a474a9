"""The course, as nbgrader runs it. `fairgrade.nbgrader.configuration` lists all settings, each with its reason."""

from fairgrade.nbgrader import configure

c = get_config()  # noqa: F821 - traitlets puts it there
configure(c, __file__)
c.CourseDirectory.course_id = "my_course"
