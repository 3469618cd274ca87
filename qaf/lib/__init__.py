"""Pure code without models: time, the working calendar."""
