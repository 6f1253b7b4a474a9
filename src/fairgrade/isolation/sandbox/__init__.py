"""Ways to start the zygote so that what it forks can reach nothing."""
