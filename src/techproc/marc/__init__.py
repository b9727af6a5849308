"""marc."""
