"""niaga: Indonesian trade news, read into a warehouse of regional export facts."""

__version__ = "0.1.0"
