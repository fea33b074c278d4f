"""Proofs of who somebody is: how strong a password is, codes of an app, passkeys, another's word for it."""
