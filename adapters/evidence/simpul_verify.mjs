// Checks a bundle of Simpul offline, like simpul_verify.py and independently of it: the same checks, the same answers.
//
//   node simpul_verify.mjs BUNDLE [--vkey KEY] [--since CHECKPOINT] [--json]          (Node 20 or newer)
//   <script type="module">  import { check } from "./simpul_verify.mjs"; check(file, { vkey })     (browser; file: a Blob)
//
// No dependency: SHA-256 is below, Ed25519 is WebCrypto's, gzip is DecompressionStream's. Exit code: 0 everything
// holds, 1 something does not, 2 wrong use.

export const PARTS = [
  "README.txt", "simpul_verify.py", "simpul_verify.mjs", "log.vkey", "checkpoint", "committed-at", "checkpoints",
  "bundle.json", "catalogue.json", "facts.ndjson.gz", "leaf-hashes.bin", "claims.ndjson.gz", "commands.ndjson.gz",
  "subjects.ndjson.gz", "paper-keys.json", "papers.ndjson.gz", "manifest",
];
const BLOCK = 512;
const CHUNK = 1 << 20;
const LONGEST = 1 << 20;
const TIMES = 256;
const ED25519 = 1;
const DASH = "\u2014 ";
const TIMES_ORIGIN = "/committed-at";
const BUNDLE_ORIGIN = "/bundle";
const FACT = { position: "integer", committed_at: "integer", stream: "string", version: "integer", topic: "string", record: "string" };
const SHOWN = 20;

const utf8 = (text) => new TextEncoder().encode(text);
const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function must(holds, why) {
  if (!holds) throw new Error(why);
}

// -- SHA-256 (FIPS 180-4): synchronous and in pieces, which WebCrypto's is not

const K = new Uint32Array(64);
const START = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) prime &&= n % d !== 0;
  if (!prime) continue;
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32);
  if (found < 8) START[found] = fraction(Math.sqrt(n));
  K[found++] = fraction(Math.cbrt(n));
}

export class Sha256 {
  #state = START.slice();
  #block = new Uint8Array(64);
  #words = new Int32Array(64);
  #length = 0;

  update(bytes) {
    let at = 0;
    if (this.#length % 64 === 0) {
      // Whole blocks are hashed where they are.
      for (; at + 64 <= bytes.length; at += 64) this.#compress(bytes, at);
      this.#length += at;
    }
    while (at < bytes.length) {
      const begin = this.#length % 64;
      const piece = bytes.subarray(at, at + 64 - begin);
      this.#block.set(piece, begin);
      this.#length += piece.length;
      at += piece.length;
      if (this.#length % 64 === 0) this.#compress(this.#block, 0);
    }
    return this;
  }

  digest() {
    const bits = this.#length * 8;
    this.update(new Uint8Array([0x80]));
    this.update(new Uint8Array((120 - (this.#length % 64)) % 64));
    const end = new DataView(new ArrayBuffer(8));
    end.setUint32(0, Math.floor(bits / 2 ** 32));
    end.setUint32(4, bits % 2 ** 32);
    this.update(new Uint8Array(end.buffer));
    const out = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, i) => out.setUint32(i * 4, word));
    return new Uint8Array(out.buffer);
  }

  #compress(b, at) {
    const w = this.#words;
    for (let i = 0, j = at; i < 16; i++, j += 4) w[i] = (b[j] << 24) | (b[j + 1] << 16) | (b[j + 2] << 8) | b[j + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    const s = this.#state;
    let a = s[0], c = s[1], d = s[2], e = s[3], f = s[4], g = s[5], h = s[6], k = s[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((f >>> 6) | (f << 26)) ^ ((f >>> 11) | (f << 21)) ^ ((f >>> 25) | (f << 7));
      const t1 = (k + s1 + ((f & g) ^ (~f & h)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & c) ^ (a & d) ^ (c & d))) | 0;
      k = h; h = g; g = f; f = (e + t1) | 0; e = d; d = c; c = a; a = (t1 + t2) | 0;
    }
    s[0] += a; s[1] += c; s[2] += d; s[3] += e; s[4] += f; s[5] += g; s[6] += h; s[7] += k;
  }
}

const sha256 = (...pieces) => pieces.reduce((hash, piece) => hash.update(piece), new Sha256()).digest();

// -- the tree of RFC 6962

const ZERO = new Uint8Array([0]);
const ONE = new Uint8Array([1]);
export const leafHash = (record) => sha256(ZERO, record);
const nodeHash = (left, right) => sha256(ONE, left, right);

export class Frontier {
  size = 0;
  hashes = [];

  add(leaf) {
    for (let size = this.size; size % 2 === 1; size = (size - 1) / 2) leaf = nodeHash(this.hashes.pop(), leaf);
    this.hashes.push(leaf);
    this.size++;
  }

  root(extra) {
    const rest = extra ? [...this.hashes, extra] : [...this.hashes];
    if (rest.length === 0) return sha256();
    return rest.reduceRight((right, left) => nodeHash(left, right));
  }
}

class Times {
  blocks = new Frontier();
  #pending = new DataView(new ArrayBuffer(8 * TIMES));
  #count = 0;

  add(committedAt) {
    this.#pending.setBigInt64(8 * this.#count++, BigInt(committedAt));
    if (this.#count < TIMES) return;
    this.blocks.add(this.#leaf());
    this.#count = 0;
  }

  root() {
    return this.blocks.root(this.#count ? this.#leaf() : undefined);
  }

  #leaf() {
    return leafHash(new Uint8Array(this.#pending.buffer, 0, 8 * this.#count));
  }
}

// -- signed notes and checkpoints (c2sp.org)

const encode64 = (bytes) => {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
};

function decode64(encoded) {
  const binary = atob(encoded);
  must(btoa(binary) === encoded, "base64 is not canonical");
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function parseVkey(line) {
  const [name, id, ...rest] = line.trim().split("+");
  const raw = decode64(rest.join("+"));
  const key = { name, id, public: raw.slice(1), text: `${name}+${id}+${encode64(raw)}` };
  const made = sha256(utf8(name), utf8("\n"), raw).slice(0, 4);
  must(raw[0] === ED25519 && raw.length === 33 && id === hex(made), "not an Ed25519 key of that name");
  return key;
}

async function ed25519(key, signature, message) {
  const public_ = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, public_, signature, message);
}

async function openNote(note, key, only = false) {
  const whole = text(note);
  const end = whole.lastIndexOf("\n\n");
  must(end >= 0 && whole.endsWith("\n") && whole.length > end + 2, "not a signed note");
  const body = whole.slice(0, end + 1);
  const lines = whole.slice(end + 2, -1).split("\n");
  let known = 0;
  for (const line of lines) {
    const at = line.lastIndexOf(" ");
    must(line.startsWith(DASH) && at > DASH.length, "a signature line is malformed");
    const name = line.slice(DASH.length, at);
    const raw = decode64(line.slice(at + 1));
    if (name !== key.name || hex(raw.slice(0, 4)) !== key.id) continue;
    known++;
    must(await ed25519(key.public, raw.slice(4), utf8(body)), "the signature is wrong");
  }
  must(known > 0, "not signed by this key");
  must(!only || lines.length === 1, "more than one signature");
  return body;
}

const checkpointText = ({ origin, size, root }) => `${origin}\n${size}\n${encode64(root)}\n`;

function parseCheckpoint(body) {
  const [origin, size, root] = body.split("\n");
  const made = { origin, size: Number(size), root: decode64(root ?? "") };
  must(Number.isSafeInteger(made.size) && made.size >= 0 && made.root.length === 32, "not a checkpoint");
  must(checkpointText(made) === body, "not a checkpoint");
  return made;
}

function keptNotes(kept) {
  const pieces = text(kept).split("\n\n");
  must(pieces.pop() === "" && pieces.length % 2 === 0, "the last entry is cut short");
  return pieces.flatMap((piece, i) => (i % 2 ? [] : [utf8(`${piece}\n\n${pieces[i + 1]}\n`)]));
}

class Signed {
  newest = 0;
  #roots = new Map();
  #times = new Map();
  #good = 0;

  constructor(key, fail) {
    this.key = key;
    this.fail = fail;
  }

  async take(note, where) {
    let made;
    try {
      made = parseCheckpoint(await openNote(note, this.key));
      must([this.key.name, this.key.name + TIMES_ORIGIN].includes(made.origin), "of another log");
    } catch (wrong) {
      this.fail("checkpoint", where, wrong.message);
      return null;
    }
    const said = made.origin === this.key.name ? this.#roots : this.#times;
    if (!said.has(made.size)) said.set(made.size, made.root);
    else if (!same(said.get(made.size), made.root)) {
      this.fail("checkpoint", `size ${made.size}`, "two checkpoints of one size differ");
    }
    this.newest = Math.max(this.newest, made.size);
    return made;
  }

  reached(size, root, times) {
    if (this.#roots.has(size)) {
      if (same(this.#roots.get(size), root())) this.#good = size;
      else this.fail("root", `positions ${this.#good + 1} to ${size}`, "the facts are not those that were signed");
      this.#roots.delete(size);
    }
    if (this.#times.has(size)) {
      if (!same(this.#times.get(size), times())) {
        this.fail("commit-times", `positions 1 to ${size}`, "the commit times are not those signed");
      }
      this.#times.delete(size);
    }
  }

  ended(size) {
    for (const beyond of [...new Set([...this.#roots.keys(), ...this.#times.keys()])].sort((a, b) => a - b)) {
      this.fail("missing-facts", `after position ${size}`, `${beyond} facts were signed`);
    }
  }
}

// -- facts

class Facts {
  size = 0;
  unknown = {};
  tree = new Frontier();
  times = new Times();
  #streams = new Map();
  #last = 0;
  #before = -Infinity;

  constructor(topics, signed, fail) {
    Object.assign(this, { topics, signed, fail });
    this.#reached();
  }

  #reached() {
    this.signed.reached(this.size, () => this.tree.root(), () => this.times.root());
  }

  add(leaf, { position, committed_at, stream, version, topic, record }) {
    const where = `position ${position}`;
    const before = this.#streams.get(stream) ?? 0;
    if (position !== this.#last + 1) this.fail("position", where, `follows position ${this.#last}`);
    if (committed_at < this.#before) this.fail("commit-times", where, "committed before the fact that it follows");
    if (version !== before + 1) this.fail("stream-version", where, `version ${version} follows ${before}`);
    this.#header(where, stream, version, topic, record);
    const found = leafHash(record);
    if (!same(found, leaf)) this.fail("leaf-hash", where, "the record is not the one that was hashed");
    if (!this.topics.has(topic)) this.unknown[topic] = (this.unknown[topic] ?? 0) + 1;
    this.#last = position;
    this.#before = committed_at;
    this.#streams.set(stream, version);
    this.size++;
    this.tree.add(found);
    this.times.add(committed_at);
    this.#reached();
  }

  #header(where, stream, version, topic, record) {
    let header;
    try {
      const length = record[0] * 256 + record[1];
      must(record.length >= 2 + length, "the record ends within its header");
      header = JSON.parse(text(record.subarray(2, 2 + length)));
      for (const name of ["stream", "version", "event", "event_version"]) must(name in header, "a field is missing");
    } catch {
      this.fail("header", where, "the header cannot be read");
      return;
    }
    const said = `${header.event}.v${header.event_version}`;
    if (header.stream !== stream || header.version !== version || said !== topic) {
      this.fail("header", where, "stream, version or event differ from the record's own header");
    }
  }
}

// -- the bundle

function tarHeader(name, size) {
  const octal = (number, width) => number.toString(8).padStart(width, "0");
  const header = new Uint8Array(BLOCK);
  const put = (value, at) => header.set(utf8(value), at);
  put(name, 0); put("0000644\0", 100); put("0000000\0", 108); put("0000000\0", 116); put(`${octal(size, 11)}\0`, 124);
  put(`${octal(0, 11)}\0`, 136); put("        ", 148); put("0", 156); put("ustar\u000000", 257);
  put("0000000\0", 329); put("0000000\0", 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
}

class Bundle {
  parts = new Map();

  constructor(blob) {
    this.blob = blob;
  }

  async #at(begin, length) {
    return new Uint8Array(await this.blob.slice(begin, begin + length).arrayBuffer());
  }

  async open() {
    let at = 0;
    for (const name of PARTS) {
      const header = await this.#at(at, BLOCK);
      const digits = String.fromCharCode(...header.subarray(124, 135));
      const size = /^[0-7]{11}$/.test(digits) ? parseInt(digits, 8) : -1;
      must(size >= 0 && same(header, tarHeader(name, size)), `${name} is not where it must be`);
      this.parts.set(name, { offset: at + BLOCK, size });
      at += BLOCK + size;
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      must(same(await this.#at(at, padding), new Uint8Array(padding)), `after ${name}: padding`);
      at += padding;
    }
    const rest = await this.#at(at, 2 * BLOCK + 1);
    must(same(rest, new Uint8Array(2 * BLOCK)), "after the last part: two empty blocks, and nothing more");
    return this;
  }

  slice(name) {
    const { offset, size } = this.parts.get(name);
    return this.blob.slice(offset, offset + size);
  }

  async read(name) {
    return new Uint8Array(await this.slice(name).arrayBuffer());
  }

  async *chunks(name) {
    const { offset, size } = this.parts.get(name);
    for (let at = 0; at < size; at += CHUNK) yield await this.#at(offset + at, Math.min(CHUNK, size - at));
  }

  async digest(name) {
    const hash = new Sha256();
    for await (const chunk of this.chunks(name)) hash.update(chunk);
    return hex(hash.digest());
  }


  // Pages of rows: to wait for each row takes longer than to check it.
  async *pages(name) {
    const reader = this.slice(name).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop();
      must(rest.length <= LONGEST, `${name}: a line is too long`);
      yield lines.map((line) => JSON.parse(line));
    }
    must(rest + decoder.decode() === "", `${name} is cut short`);
  }
}

function isFact(row) {
  const kind = (value) => (Number.isSafeInteger(value) ? "integer" : typeof value);
  const names = Object.keys(FACT);
  return Object.keys(row).length === names.length && names.every((name) => kind(row[name]) === FACT[name]);
}

// -- all checks. options: vkey (text), since (bytes of a checkpoint kept from before)

export async function check(blob, options = {}) {
  const report = { facts: 0, origin: "", root: "", vkey: "", checkpoints: 0, unknown: {}, failures: [] };
  const fail = (name, where, why) => report.failures.push({ check: name, where, why });
  let bundle;
  try {
    bundle = await new Bundle(blob).open();
  } catch (wrong) {
    fail("container", blob.name ?? "bundle", wrong.message);
    return report;
  }
  let key;
  try {
    const line = text(await bundle.read("log.vkey"));
    key = parseVkey(line);
    must(`${key.text}\n` === line, "not in its one form");
  } catch (wrong) {
    fail("key", "log.vkey", wrong.message);
    return report;
  }
  report.vkey = key.text;
  report.origin = key.name;
  if (options.vkey !== undefined && options.vkey.trim() !== key.text) {
    fail("key", "log.vkey", "not the key that was given");
    return report;
  }
  const signed = new Signed(key, fail);
  const newest = await notes(bundle, signed, report, fail);
  if (options.since) {
    const old = await signed.take(options.since, "--since");
    if (old && newest && old.size > newest.size) {
      fail("since", `size ${old.size}`, "the bundle is older than the checkpoint that you hold");
    }
  }
  await manifest(bundle, key, newest, fail);
  await facts(bundle, signed, newest, report, fail);
  return report;
}

async function notes(bundle, signed, report, fail) {
  const newest = await signed.take(await bundle.read("checkpoint"), "checkpoint");
  const times = await signed.take(await bundle.read("committed-at"), "committed-at");
  const { name } = signed.key;
  if (newest && times && !(newest.origin === name && times.origin === name + TIMES_ORIGIN && times.size === newest.size)) {
    fail("checkpoint", "committed-at", "does not belong to the checkpoint");
  }
  let kept;
  try {
    kept = keptNotes(await bundle.read("checkpoints"));
  } catch (wrong) {
    fail("checkpoint", "checkpoints", wrong.message);
    return newest;
  }
  for (const [number, note] of kept.entries()) await signed.take(note, `checkpoints, note ${number + 1}`);
  report.checkpoints = Math.floor(kept.length / 2);
  return newest;
}

async function manifest(bundle, key, newest, fail) {
  const told = [];
  try {
    const body = await openNote(await bundle.read("manifest"), key, true);
    for (const line of body.split("\n").slice(3, -1)) {
      const [digest, length, name] = line.split(" ");
      told.push({ digest, length: Number(length), name });
    }
    const head = newest && checkpointText({ ...newest, origin: key.name + BUNDLE_ORIGIN });
    const made = head + told.map((part) => `${part.digest} ${part.length} ${part.name}\n`).join("");
    must(newest && made === body, "not of this checkpoint");
    must(told.map((part) => part.name).join() === PARTS.slice(0, -1).join(), "does not name every part");
  } catch (wrong) {
    fail("manifest", "manifest", wrong.message);
    return;
  }
  for (const { digest, length, name } of told) {
    if (length !== bundle.parts.get(name).size || digest !== (await bundle.digest(name))) {
      fail("manifest", name, "the part is not the one that was signed");
    }
  }
}

async function facts(bundle, signed, newest, report, fail) {
  let found;
  try {
    const { events } = JSON.parse(text(await bundle.read("catalogue.json")));
    found = new Facts(new Set(events.map((e) => `${e.name}.v${e.version}`)), signed, fail);
  } catch {
    fail("catalogue", "catalogue.json", "cannot be read");
    return;
  }
  try {
    const leaves = await bundle.read("leaf-hashes.bin");
    for await (const page of bundle.pages("facts.ndjson.gz")) {
      for (const row of page) {
        must(isFact(row), "a fact is of another shape");
        const leaf = leaves.subarray(found.size * 32, found.size * 32 + 32);
        found.add(leaf, { ...row, record: decode64(row.record) });
      }
    }
    must(leaves.length <= found.size * 32, "leaf hashes without facts");
  } catch (wrong) {
    fail("facts", `after position ${found.size}`, wrong.message);
  }
  if (newest && found.size > newest.size) {
    fail("unsigned-facts", `after position ${newest.size}`, `${found.size} facts are in the bundle`);
  }
  signed.ended(found.size);
  report.facts = found.size;
  report.unknown = found.unknown;
  report.root = hex(found.tree.root());
}

export function* told(report, trusted) {
  const unknown = Object.values(report.unknown).reduce((a, b) => a + b, 0);
  yield `log          ${report.origin}`;
  yield `key          ${report.vkey} (${trusted ? "as given" : "from the bundle itself: give --vkey"})`;
  yield `facts        ${report.facts}, of kinds not in the catalogue: ${unknown}`;
  yield `checkpoints  ${report.checkpoints}`;
  yield `root         ${report.root}`;
  for (const { check: name, where, why } of report.failures.slice(0, SHOWN)) yield `FAILED       ${name}: ${where}: ${why}`;
  if (report.failures.length > SHOWN) yield `             ... and ${report.failures.length - SHOWN} more`;
  yield report.failures.length ? "result       DOES NOT HOLD" : "result       everything holds";
}

// -- the command, in Node only

async function main(argv) {
  const { openAsBlob } = await import("node:fs");
  const { readFile } = await import("node:fs/promises");
  const { parseArgs } = await import("node:util");
  let given;
  const options = {};
  try {
    const kinds = { vkey: { type: "string" }, since: { type: "string" }, json: { type: "boolean" } };
    given = parseArgs({ args: argv, options: kinds, allowPositionals: true });
    must(given.positionals.length === 1, "usage: node simpul_verify.mjs BUNDLE [--vkey KEY] [--since CHECKPOINT] [--json]");
    const { vkey, since } = given.values;
    if (vkey !== undefined) options.vkey = vkey.includes("+") ? vkey : await readFile(vkey, "utf8");
    if (since !== undefined) options.since = new Uint8Array(await readFile(since));
  } catch (wrong) {
    console.error(wrong.message);
    return 2;
  }
  let report;
  try {
    report = await check(await openAsBlob(given.positionals[0]), options);
  } catch (wrong) {
    const failures = [{ check: "container", where: given.positionals[0], why: wrong.message }];
    report = { facts: 0, origin: "", root: "", vkey: "", checkpoints: 0, unknown: {}, failures };
  }
  if (given.values.json) console.log(JSON.stringify({ ...report, holds: report.failures.length === 0 }));
  else for (const line of told(report, options.vkey !== undefined)) console.log(line);
  return report.failures.length ? 1 : 0;
}

if (typeof process !== "undefined" && process.argv?.[1]) {
  const { pathToFileURL } = await import("node:url");
  const { realpathSync } = await import("node:fs");
  if (pathToFileURL(realpathSync(process.argv[1])).href === import.meta.url) process.exitCode = await main(process.argv.slice(2));
}
