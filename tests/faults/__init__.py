"""Whatever breaks, nothing is lost and nothing doubled: the faults, and who counts."""
