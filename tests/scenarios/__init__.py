"""What a person sees, in a real browser and over real HTTP, against real processes."""
