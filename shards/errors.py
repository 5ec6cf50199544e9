"""Errors a user can act on. Each message names the offending value and what to do."""


class MedcorpusError(Exception):
    """Base of all errors that the commands print without a traceback."""


class InputError(MedcorpusError):
    """An input, a recipe or an argument is not what it must be."""


class CorruptionError(MedcorpusError):
    """Bytes on disk are not the bytes that were written: names the object and both digests."""


class BuildError(MedcorpusError):
    """A build could not be finished; names the partitions that failed or the counts that do not add up."""
