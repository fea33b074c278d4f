"""Nouns and rules. Standard library only: no file, no SQL, no clock, no random number, no web.

Everything here is a frozen value or a pure function. What depends on the day takes the day
as a parameter; what depends on an event takes the event. So each rule can be tested as a table
of cases, and the same question gets the same answer today and in five years.
"""
