"""How a file becomes rows of the system: sent, columns matched, checked, corrected, approved by a second person, taken in, reported."""
