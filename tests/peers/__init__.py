"""Servers that stand in for the world outside: they listen on loopback and remember what they were given."""
