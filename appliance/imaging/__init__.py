"""Pictures: decoded in a process of their own, turned into copies, and reduced to a fingerprint."""
