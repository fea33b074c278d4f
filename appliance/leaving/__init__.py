"""The folder that everything leaves in: files that outlive a power cut, their hashes, and papers to read."""
