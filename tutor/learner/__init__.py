"""What is known of a learner, recomputed from evidence, and never more than it shows."""
