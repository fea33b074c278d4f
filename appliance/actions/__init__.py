"""What the box can do: one function is one request, one transaction, and its audit entries.

Equipment comes in as arguments, and the time as a value. Nothing here knows of the web, the command
line or the queue.
"""
