"""Demonstration data: five invented councils, brought in through the product's own importer and services."""
