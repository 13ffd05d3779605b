"""Character cards as files: read with suspicion, written by the letter.

Specifications: Character Card V1, V2 (2023) and V3 (2024), and what other programs
write beside them. Nothing here touches the database or the network.
"""
