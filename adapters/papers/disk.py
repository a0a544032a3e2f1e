"""Why a paper or a key could not be written, told in our words."""

import errno

from domain.kernel.errors import StoreUnavailable

FULL = (errno.ENOSPC, errno.EDQUOT)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def disk_refused(error: OSError) -> StoreUnavailable:
    """``store-full``, ``store-read-only`` or ``store-failed``."""
    if error.errno in FULL:
        return StoreUnavailable("store-full")
    return StoreUnavailable("store-read-only" if error.errno in READ_ONLY else "store-failed")
