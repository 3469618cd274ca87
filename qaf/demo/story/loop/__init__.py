"""Any council's own loop, played through the services: what there is to do is read from its framework."""
