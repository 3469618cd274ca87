"""What families said, to be coded and counted."""
