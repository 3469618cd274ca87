"""E-mail backends beside Django's own."""
