"""The demonstration: a card of real portraits, two people with a quitclaim each, and all three lights."""
