"""What is read in the audit loop, one module per part."""
