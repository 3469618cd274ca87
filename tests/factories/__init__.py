"""Named casts for the tests."""
