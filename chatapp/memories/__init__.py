"""What is remembered: anchors, the ledger of atoms, and the record of each turn."""
