"""Making a release: a bundle with everything that a box needs, signed, for use without internet too."""
