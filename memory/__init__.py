"""The pattern: one chat turn with memory, step by step. Plain Python, no Django."""
