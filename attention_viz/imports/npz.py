"""NPZ: a zip archive of arrays. Its directory and the arrays' headers are read and judged before anything else is."""

from __future__ import annotations

import io
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from attention_viz.core.errors import FileError
from attention_viz.core.message import say
from attention_viz.imports.announced import PIECE_BYTES, Announced, Readable, Stream, check_shape

_MAGIC_BYTES = 8
_HEADER_BYTES = 10_000
_ENCRYPTED = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # Of zipfile: a compression that it doesn't know.
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What zipfile raises at an archive that somebody has broken, by accident or on purpose."""


class NpzFile:
    """The arrays of an NPZ file by name."""

    def __init__(self, stream: Stream) -> None:
        with _zip_errors():
            self._archive = zipfile.ZipFile(_SmallReads(stream))
        self._entries = self._archive.infolist()

    def names(self) -> list[str]:
        """The names of all entries, as np.load writes them: without .npy."""
        return [entry.filename.removesuffix(".npy") for entry in self._entries]

    @contextmanager
    def array(self, name: str) -> Iterator[Announced]:
        """An array that is there, ready to be read; when it was, its checksum is compared."""
        entries = [entry for entry in self._entries if entry.filename == f"{name}.npy"]
        if len(entries) != 1:
            raise FileError(
                say(
                    "The file holds the array “{name}” {entries} times, and it must hold it once.",
                    name=name,
                    entries=len(entries),
                )
            )
        (entry,) = entries
        if entry.flag_bits & _ENCRYPTED:
            raise FileError(say("The file is encrypted. Save it without a password."))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileError(say("The file is packed in a way that NPZ does not use. Save it with np.savez or av.save."))
        with _zip_errors(), self._archive.open(entry) as stream:
            announced = _announced(name, stream, entry.file_size)
            yield announced
            # The checksum is compared at the end of the entry, which is only noticed when reading on.
            stream.read(1)


class _SmallReads:
    """A stream of which no more is read at once than it takes: zipfile would read a directory of any size in one go."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell
        self.seekable = stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > PIECE_BYTES:
            raise FileError(
                say("The file has far more entries than attention maps need. Save the maps in a file of their own.")
            )
        return self._stream.read(size)


@contextmanager
def _zip_errors() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise FileError(
            say(
                "The file is no NPZ file (a zip archive of arrays), or it is damaged or was cut off. Save it "
                "again, with av.save or np.savez."
            )
        ) from error


def _announced(name: str, stream: Readable, size: int) -> Announced:
    """Reads the header of an NPY file (numpy.lib.format), which may not be long: it names a shape and a type."""
    magic = stream.read(_MAGIC_BYTES)
    version = tuple(magic[6:])
    if magic[:6] != np.lib.format.MAGIC_PREFIX or version not in ((1, 0), (2, 0)):
        raise FileError(
            say("The entry “{name}” is no array of numpy. Save the file again, with av.save or np.savez.", name=name)
        )
    counted, kind = (2, "<H") if version == (1, 0) else (4, "<I")
    prefix = stream.read(counted)
    (length,) = struct.unpack(kind, prefix)
    if length > _HEADER_BYTES:
        raise FileError(
            say(
                "The header of the array “{name}” has {length:,} bytes, and it needs a hundred.",
                name=name,
                length=length,
            )
        )
    header = io.BytesIO(prefix + stream.read(length))
    read = np.lib.format.read_array_header_1_0 if counted == 2 else np.lib.format.read_array_header_2_0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # About files of Python 2, which are fine.
            shape, fortran, dtype = read(header, max_header_size=_HEADER_BYTES)
    except (ValueError, TypeError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise FileError(
            say("The header of the array “{name}” can't be read: it is damaged. Save it again.", name=name)
        ) from error
    start = _MAGIC_BYTES + counted + length
    return Announced(name, check_shape(shape, name), dtype, fortran, stream, size - start)
