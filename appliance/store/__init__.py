"""The safe on disk: an encrypted database, encrypted files beside it, and the keys to both."""
