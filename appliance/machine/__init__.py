"""The machine below the safe: what it is made of and how it is."""
