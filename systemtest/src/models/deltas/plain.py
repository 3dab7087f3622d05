# SPDX-License-Identifier: Apache-2.0
"""Pairs of files that are no models: a difference has to be right, and small, for any of them."""

import io
import tarfile

import numpy as np

WORDS = "valve pressure sensor the of and reading line motor to at alarm value when shift is operator log hour".split()


def text(rng, lines):
    return [" ".join(rng.choice(WORDS, rng.integers(4, 16))) + f" {rng.integers(100000)}\n" for _ in range(lines)]


def archive(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), 1700000000
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def program(rng, functions):
    """Machine code's look: a few opcodes, and addresses that all move when something is inserted."""
    sizes = rng.integers(40, 400, functions)
    bodies = [rng.choice(np.frombuffer(b"\x48\x89\x8b\xe8\x0f\x00\xc3\x55\x41\x5d\x24\xff", np.uint8), n) for n in sizes]
    return bodies, rng.integers(0, functions, (functions, 4))


def linked(bodies, calls):
    starts = np.concatenate([[0], np.cumsum([len(b) + 16 for b in bodies])[:-1]])
    return b"".join(
        body.tobytes() + (starts[to] - at).astype("<i4").tobytes() for body, to, at in zip(bodies, calls, starts))


def pairs():
    """name, old, new, what, kind"""
    rng = np.random.default_rng(77)
    lines = text(rng, 9000)
    edited = list(lines)
    for at in rng.integers(0, len(lines), 40):
        edited[at] = text(rng, 1)[0]
    edited[3000:3010] = []
    yield "text-edited", "".join(lines).encode(), "".join(edited).encode(), "a log, 40 lines of 9000 edited", "any"

    members = {f"share/part{i}.log": "".join(text(rng, 400)).encode() for i in range(24)}
    changed = dict(members)
    changed["share/part7.log"] += "".join(text(rng, 30)).encode()
    del changed["share/part12.log"]
    yield "tar-member", archive(members), archive(changed), "an archive, one member grown, one gone", "any"

    bodies, calls = program(rng, 4000)
    old = linked(bodies, calls)
    bodies[700] = np.concatenate([bodies[700], bodies[3][:37]])
    yield "program-relinked", old, linked(bodies, calls), "code in which all later addresses moved", "any"

    noise = rng.bytes(1 << 20)
    patched = bytearray(noise)
    for at in rng.integers(0, len(noise), 60):
        patched[at] ^= 1 << int(rng.integers(8))
    yield "bytes-flipped", noise, bytes(patched), "random bytes, 60 bits flipped", "any"
    yield "shifted", noise, noise[:300000] + rng.bytes(1001) + noise[300000:], "random bytes, 1001 inserted", "same"
    blocks = [noise[i << 16 : (i + 1) << 16] for i in range(16)]
    yield "blocks-moved", noise, b"".join(blocks[i] for i in rng.permutation(16)), "random bytes, blocks in another order", "same"
    yield "identical", noise, noise, "the same file", "same"
    yield "unrelated", noise, rng.bytes(1 << 20), "random bytes for random bytes", "any"
    yield "from-empty", b"", "".join(lines[:2000]).encode(), "nothing becomes a text", "any"
    yield "to-empty", noise, b"", "a file becomes nothing", "any"
    yield "to-one-byte", noise, b"x", "a file becomes one byte", "any"
    yield "zeros", bytes(1 << 20), bytes((1 << 20) + 12345), "zeros, and more of them", "same"
