"""The learner's own page: what the tutor believes, why, and what comes back when."""
