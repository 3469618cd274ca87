"""What is done in the audit loop: keyword-only verbs, one module per part."""
