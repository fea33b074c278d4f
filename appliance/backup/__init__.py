"""Backups: restic, the S3 requests that it does not make, and the attempts of the canary."""
