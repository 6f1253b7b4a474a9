"""One model of a notebook: what its cells say of themselves, and what is done with each when it is graded."""
