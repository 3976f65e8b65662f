"""The body of a response, read and unpacked as it comes, so that what is too large is not kept."""

from __future__ import annotations

import http.client
import zlib

from mailer.errors import FetchError

PACKED = "gzip"  # the one way of packing that we ask for (RFC 9110 §8.4.1.3)
_PLAIN = ("", "identity")
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for it
_CHUNK = 65_536


def body(response: http.client.HTTPResponse, largest: int) -> bytes:
    """At most `largest` bytes, on the wire and unpacked; raises FetchError for more, for what was
    cut, and for what is packed in another way."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in (*_PLAIN, PACKED, f"x-{PACKED}"):
        raise FetchError(f"comes packed as {encoding[:40]!r}, which nobody asked for")
    content, came = bytearray(), 0
    unpacking = None if encoding in _PLAIN else _Gzip()
    while chunk := response.read(_CHUNK):
        came += len(chunk)
        content += unpacking.unpack(chunk, largest + 1 - len(content)) if unpacking else chunk
        if max(came, len(content)) > largest:
            raise FetchError(f"has over {largest:,} bytes")
    if response.length:
        raise FetchError(f"breaks off, {response.length:,} bytes before its end")
    if unpacking and came and not unpacking.is_whole:
        raise FetchError("breaks off before its end")
    return bytes(content)


class _Gzip:
    """What is packed may be one file after another (RFC 1952 §2.2)."""

    def __init__(self) -> None:
        self._file = zlib.decompressobj(_GZIP)

    @property
    def is_whole(self) -> bool:
        return self._file.eof

    def unpack(self, chunk: bytes, room: int) -> bytes:
        """At most `room` bytes of it; what does not fit is lost."""
        unpacked = b""
        try:
            while chunk and len(unpacked) < room:
                if self._file.eof:
                    self._file = zlib.decompressobj(_GZIP)
                unpacked += self._file.decompress(chunk, room - len(unpacked))
                chunk = self._file.unused_data
        except zlib.error as error:
            raise FetchError("is packed in a way that cannot be undone") from error
        return unpacked
