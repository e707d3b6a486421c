"""Files of persons and households on their way into the register: mapped, checked, approved, applied.

The mechanism (sending, staging, approval, chunks, files of rejected rows) is the kernel's ``exchange``; this module says what a
file of persons with a household key means (``imports.py``), and shows the pages.
"""
