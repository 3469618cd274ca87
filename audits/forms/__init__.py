"""Forms of the audit loop, one module per part."""
