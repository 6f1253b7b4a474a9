"""Points into the file of a learning management system (LMS): its own file, with one column filled."""
