"""Evidence: what somebody read and signed, as a sealed document that can be checked without the box."""
