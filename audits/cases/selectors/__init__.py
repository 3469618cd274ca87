"""Reads about the case list."""
