"""Bundles in the hands of others: spoiled anywhere, or made anew with one thing wrong in them."""

import gzip
import json
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from adapters.evidence import simpul_verify
from adapters.evidence.bundle import Exported, Writer, export
from adapters.evidence.note import LogKey
from adapters.evidence.simpul_verify import BLOCK, PARTS, Bundle, leaf_hash, manifest_text
from adapters.ledger.keys import Keys
from tests.adapters.evidence.boxes import TOPICS, notary, store

HERE = Path(simpul_verify.__file__).parent
NODE = shutil.which("node")
AT = datetime(2026, 11, 24, tzinfo=UTC)
# Reads paths from standard input, one per line; answers each with what the second verifier says of it.
MANY = """
import { openAsBlob, readFileSync } from "node:fs";
import { check } from %s;
for (const path of readFileSync(0, "utf8").trim().split("\\n")) {
  console.log(JSON.stringify(await check(await openAsBlob(path))));
}
"""


def exported(folder: Path, out: Path) -> Exported:
    keys = Keys.open(folder / "keys", create=False)
    return export(store(folder), notary(folder), folder / "evidence", keys, TOPICS, out, at=AT)


def second(paths: list[Path], folder: Path) -> list[dict[str, Any]]:
    """What the verifier in JavaScript says of each."""
    assert NODE
    script = folder / "many.mjs"
    script.write_text(MANY % json.dumps((HERE / "simpul_verify.mjs").as_uri()), "utf-8")
    given = "\n".join(map(str, paths)).encode()
    ran = subprocess.run([NODE, "--no-warnings", script], input=given, capture_output=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def places(bundle: Path) -> Iterator[tuple[str, int, int]]:
    """Every region of the file: its name, where it begins and ends."""
    parsed = Bundle(bundle)
    for name in PARTS:
        offset, size = parsed.parts[name]
        yield f"header of {name}", offset - BLOCK, offset
        yield name, offset, offset + size
        if size % BLOCK:
            yield f"padding of {name}", offset + size, offset + size + BLOCK - size % BLOCK
    yield "end", bundle.stat().st_size - 2 * BLOCK, bundle.stat().st_size


def spoiled(bundle: Path, random: Random, folder: Path) -> list[Path]:
    """For every region a byte changed, some cut out, some added; and the file cut and continued."""
    whole = bundle.read_bytes()
    bad = [
        whole[:-1],
        whole[: len(whole) // 2],
        whole[: -2 * BLOCK],
        whole + b"\0",
        whole + bytes(BLOCK),
        b"",
        b"\0",
    ]
    for _, begin, end in places(bundle):
        for _ in range(2):
            at = random.randrange(begin, end)
            bad.append(whole[:at] + bytes([whole[at] ^ 1 << random.randrange(8)]) + whole[at + 1 :])
        length = random.randint(1, min(end - begin, 600))
        at = random.randint(begin, end - length)
        bad.append(whole[:at] + whole[at + length :])
        bad.append(whole[:at] + random.randbytes(length) + whole[at:])
    paths = []
    for number, content in enumerate(bad):
        paths.append(folder / f"bad-{number}.tar")
        paths[-1].write_bytes(content)
    return paths


# -- by somebody who makes a bundle anew: the parts fit each other, and one thing is wrong

Parts = dict[str, bytes]


def parts(bundle: Path) -> Parts:
    return {name: Bundle(bundle).read(name) for name in PARTS}


def packed(given: Parts, out: Path, key: LogKey | None = None) -> Path:
    """A bundle of these parts; with ``key`` the manifest is signed anew."""
    with out.open("w+b") as file:
        writer = Writer(file)
        for name in PARTS[:-1]:
            writer.put(name, given[name])
        name, size, root = given["checkpoint"].decode().split("\n")[:3]
        text = manifest_text(name, int(size), b64decode(root), writer.digests)
        writer.put("manifest", key.sign(text) if key else given["manifest"])
        file.write(bytes(2 * BLOCK))
    return out


def lines(given: Parts) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(given["facts.ndjson.gz"]).splitlines()]


def with_facts(given: Parts, facts: list[dict[str, Any]], *, hashed: bool = True) -> Parts:
    text = "".join(json.dumps(fact) + "\n" for fact in facts).encode()
    leaves = b"".join(leaf_hash(b64decode(fact["record"])) for fact in facts)
    changed = {"facts.ndjson.gz": gzip.compress(text), "leaf-hashes.bin": leaves}
    return given | (changed if hashed else {"facts.ndjson.gz": changed["facts.ndjson.gz"]})


def forged_record(facts: list[dict[str, Any]]) -> None:
    facts[149]["record"] = facts[149]["record"][:-4] + "AAAA"


def dropped(facts: list[dict[str, Any]]) -> None:
    del facts[149]


def dropped_at_the_end(facts: list[dict[str, Any]]) -> None:
    del facts[-1]


def added_at_the_end(facts: list[dict[str, Any]]) -> None:
    facts.append({**facts[-1], "position": 301})


def a_microsecond(facts: list[dict[str, Any]]) -> None:
    facts[-1]["committed_at"] += 1


def earlier(facts: list[dict[str, Any]]) -> None:
    facts[149]["committed_at"] -= 10**9


def other_stream(facts: list[dict[str, Any]]) -> None:
    facts[149]["stream"] = "box-other"


def swapped(facts: list[dict[str, Any]]) -> None:
    facts[149]["record"], facts[150]["record"] = facts[150]["record"], facts[149]["record"]


def of_another_shape(facts: list[dict[str, Any]]) -> None:
    facts[149]["more"] = 1


def a_truth_for_a_number(facts: list[dict[str, Any]]) -> None:
    facts[0]["version"] = True


FORGERIES: list[tuple[Callable[[list[dict[str, Any]]], None], str, str]] = [
    (forged_record, "root", "positions 101 to 256"),
    (dropped, "position", "position 151"),
    (dropped_at_the_end, "missing-facts", "after position 299"),
    (added_at_the_end, "unsigned-facts", "after position 300"),
    (a_microsecond, "commit-times", "positions 1 to 300"),
    (earlier, "commit-times", "position 150"),
    (other_stream, "header", "position 150"),
    (swapped, "header", "position 150"),
    (of_another_shape, "facts", "after position 149"),
    (a_truth_for_a_number, "facts", "after position 0"),
]
