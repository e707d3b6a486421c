"""A full disk is nobody's mistake at the keyboard, so people are told of it in words of its own."""

import errno

FULL = {errno.ENOSPC, errno.EDQUOT}


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or one behind it, is that there is no room: on this machine's disk or on the database's."""
    while error is not None:
        if getattr(error, "errno", None) in FULL or getattr(error, "sqlstate", None) == "53100" or "disk is full" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
