"""Settings of all tests."""

from hypothesis import settings

# How long a call takes says how busy the machine is: the first one of a text reads the lexicons besides.
settings.register_profile("niaga", deadline=None)
settings.load_profile("niaga")
