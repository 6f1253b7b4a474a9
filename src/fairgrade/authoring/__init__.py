"""Writing a course: start one, check an assignment while it is written, find out what a machine lacks."""
