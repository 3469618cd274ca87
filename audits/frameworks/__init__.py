"""What one council does differently, as data: schema, vocabulary of rules, loader and published versions."""
