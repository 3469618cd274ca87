"""Figures, reports and their faces."""
