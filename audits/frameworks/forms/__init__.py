"""Forms of the draft."""
