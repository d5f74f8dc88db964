"""The version, where nothing has to be imported to read it."""

__version__ = "0.0.0"
