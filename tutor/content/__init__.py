"""What a course consists of: files, concepts, items, and how answers are graded."""
