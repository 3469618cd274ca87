"""Pages of the case list."""
