"""The card service: the only part of the box that may mount, and that decides which USB devices live.

It runs as root, in a process of its own, so it is small and loads nothing of the rest: pyudev, the standard
library and `appliance.domain.cards`. It never reads a photo, and knows neither the safe nor its key.
"""
