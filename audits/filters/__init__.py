"""Filters of the audit loop's lists; they stand in the address."""
