"""Courses: their files, their items, and how answers are graded."""
