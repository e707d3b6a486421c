"""Actions change records; every action leaves an event and the changes it made."""
