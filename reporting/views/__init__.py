"""Dashboard, analysis, reports."""
