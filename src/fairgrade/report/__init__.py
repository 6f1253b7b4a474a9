"""What a class shows: statistics of an assignment, its misconceptions, and the work that is left."""
