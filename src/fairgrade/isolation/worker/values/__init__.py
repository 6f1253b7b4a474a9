"""Values that have a class of their own, as plain values and back: one module per library."""
