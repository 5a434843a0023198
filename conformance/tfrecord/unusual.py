"""Serialized Examples that no encoder writes but every protobuf parser must read, and damaged ones that it must refuse."""

import struct


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def delimited(number, body):
    return varint(number * 8 + 2) + varint(len(body)) + body


def unknown(random):
    """Zero or more fields that the schema does not know."""
    out = b""
    while random.random() < 0.25:
        number = random.choice([4, 9, 15, 16, 100, 2**29 - 1])
        out += random.choice(
            [
                varint(number * 8) + varint(random.getrandbits(64)),
                varint(number * 8 + 1) + random.randbytes(8),
                delimited(number, random.randbytes(random.randrange(5))),
                varint(number * 8 + 5) + random.randbytes(4),
                varint(number * 8 + 3) + varint(8) + varint(1) + varint(number * 8 + 4),
                varint(number * 8 + 3) + varint(19) + varint(20) + varint(number * 8 + 4),
                # A known number with another wire type.
                varint(8) + varint(random.getrandbits(20)),
            ]
        )
    return out


def scalar(random, kind):
    if kind == 1:
        return delimited(1, random.randbytes(random.randrange(4)))
    if kind == 2:
        return b"\x0d" + struct.pack("<f", random.choice([0.0, -0.0, 1.5, 1e-42, 3e38, float("inf"), random.gauss(0, 1)]))
    return b"\x08" + varint(integer(random))


def integer(random):
    return random.choice([0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1, random.getrandbits(64) - 2**63, random.randrange(300)])


def packed(random, kind):
    count = random.choice([0, 1, 2, 5, 40])
    if kind == 2:
        return delimited(1, b"".join(struct.pack("<f", random.gauss(0, 100)) for _ in range(count)))
    return delimited(1, b"".join(varint(integer(random)) for _ in range(count)))


def value_list(random, kind):
    parts = []
    for _ in range(random.choice([0, 1, 1, 2, 4])):
        parts.append(unknown(random))
        parts.append(scalar(random, kind) if kind == 1 or random.random() < 0.5 else packed(random, kind))
    return b"".join(parts) + unknown(random)


def feature(random):
    """Lists of one kind or of several: the same kind appends, the last kind wins."""
    out = b""
    for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
        kind = random.randrange(1, 4)
        out += unknown(random) + delimited(kind, value_list(random, kind))
    return out + unknown(random)


def entry(random, value, names):
    name = random.choice(names).encode()
    parts = [delimited(1, name)] if random.random() < 0.9 else []
    parts += [delimited(2, value(random)) for _ in range(random.choice([0, 1, 1, 1, 2]))]
    random.shuffle(parts)
    return unknown_at(random, 4, b"".join(parts))


def unknown_at(random, lowest, body):
    """Unknown fields around a message, with numbers that it does not know."""
    extra = varint(lowest * 8 + 64) + varint(random.getrandbits(30)) if random.random() < 0.2 else b""
    return extra + body


NAMES = ["", "a", "b", "image", "__proto__", "ключ", "\U0001f33f", "a" * 30]


def mapping(random, value):
    return b"".join(delimited(1, entry(random, value, NAMES)) for _ in range(random.randrange(5)))


def example(random):
    out = b""
    for _ in range(random.choice([0, 1, 1, 1, 2])):
        out += unknown(random) + delimited(1, mapping(random, feature))
    return out + unknown(random)


def sequence(random):
    def feature_list(random):
        return b"".join(delimited(1, feature(random)) for _ in range(random.randrange(4)))

    parts = [delimited(1, mapping(random, feature)) for _ in range(random.randrange(3))]
    parts += [delimited(2, mapping(random, feature_list)) for _ in range(random.randrange(3))]
    random.shuffle(parts)
    return b"".join(parts)


def damaged(random, record):
    """One byte changed, lost or added, or the end cut off."""
    if not record:
        return bytes([random.randrange(256)])
    at = random.randrange(len(record))
    return random.choice(
        [
            record[:at] + bytes([random.randrange(256)]) + record[at + 1 :],
            record[:at] + record[at + 1 :],
            record[:at] + bytes([random.randrange(256)]) + record[at:],
            record[:at],
        ]
    )
