"""Classes: invitations, consent, sums over learners, assignments, requests for help."""
