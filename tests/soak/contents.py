"""What files of the soak hold: pieces of one pool of random bytes, so that every byte can be checked and none
is stored twice. It knows nothing of FTP or of servers, and must not change the pool once it is made.

A file's content is described by its pieces, a tuple of (start, length) within POOL.
"""

import random

KIB, MIB = 1 << 10, 1 << 20
CHUNK = 256 * KIB
POOL = random.Random("pool").randbytes(40 * MIB)
TEXT = b"".join(b"line %d of a text that has lines of many lengths %s\n" % (number, b"x" * (number % 97))
                for number in range(4000))

# What clients fetch and send: size, and how often beside the others.
SIZES = {0: 6, 1: 6, 100: 10, 4 * KIB: 12, 64 * KIB - 1: 8, 64 * KIB: 6, 64 * KIB + 1: 6, 256 * KIB: 12,
         MIB + 7: 12, 5 * MIB: 6, 16 * MIB: 2, 32 * MIB: 1}


def choose_size(rng, at_most=32 * MIB):
    sizes = [size for size in SIZES if size <= at_most]
    return rng.choices(sizes, [SIZES[size] for size in sizes])[0]


def choose_piece(rng, at_most=32 * MIB):
    size = choose_size(rng, at_most)
    return rng.randrange(len(POOL) - size + 1), size


def length(pieces):
    return sum(size for _, size in pieces)


def head(pieces, size):
    """The pieces of the first `size` bytes."""
    kept = []
    for start, count in pieces:
        count = min(count, size)
        size -= count
        kept.append((start, count))
    return tuple(kept)


def difference(path, pieces, may_be_cut=False):
    """What is wrong with the file at `path`, or None. One that may be cut holds a first part of them."""
    with open(path, "rb") as file:
        for start, count in pieces:
            for at in range(start, start + count, CHUNK):
                expected = POOL[at:min(at + CHUNK, start + count)]
                found = file.read(len(expected))
                if found == expected:
                    continue
                if may_be_cut and expected.startswith(found) and not file.read(1):
                    return None
                return f"{path} differs from what was sent, before byte {file.tell()} of {length(pieces)}"
        more = file.read(1)
    return f"{path} is longer than the {length(pieces)} bytes that were sent" if more else None
