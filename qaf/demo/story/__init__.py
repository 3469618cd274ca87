"""Bring the simulated councils in through the product's importer and services, month by month.

The story never writes a table by itself: whatever the product would refuse, the demo cannot do either.
"""
