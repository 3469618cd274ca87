"""What the commands in script/ share. Standard library only: it runs before the virtual environment exists."""
