"""What the documents of a source say of each other's age: which subject each is about, and which word on it this is."""

import hashlib

import pyarrow as pa

REVISIONS = pa.schema(
    [
        pa.field("subject", pa.uint64(), False),  # hash of what the document is about: 64 bits of BLAKE2b
        pa.field("revision", pa.string(), False),  # of two, the one that sorts later counts
        pa.field("row", pa.int32(), False),  # of the documents table; -1: the subject is withdrawn
    ]
)


def subject_hash(source: str, subject: str) -> int:
    """The subject as 64 bits."""
    digest = hashlib.blake2b(f"{source}\x00{subject}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
