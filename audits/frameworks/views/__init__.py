"""Pages of the framework: reading it, and writing the draft of the next one."""
