"""E-mail: the letters themselves, sending them over SMTP, and reading what came back undelivered."""
