// Checks an exported audit log with no network and none of the app (AUD-5). This file imports nothing on purpose: it shares no
// code with what made the log, and can be read, bundled or run by itself. WebCrypto is all it needs.

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Fields = { readonly [name: string]: Json }
type Bytes = Uint8Array<ArrayBuffer>

export interface StandaloneProblem {
  /** Line of the file, from 1; 0 for the file as a whole. */
  readonly line: number
  /** Number of the entry, where it is about one. */
  readonly seq: number | null
  readonly message: string
}

export interface StandaloneReport {
  readonly sound: boolean
  readonly log: string
  readonly entries: number
  /** Entries of the whole chain up to its newest checkpoint, and how many of them the file shows. */
  readonly size: number
  readonly complete: boolean
  readonly checkpoints: number
  /** Keys of witnesses whose lines verify on the newest checkpoint. */
  readonly witnesses: readonly string[]
  readonly certificates: number
  readonly records: number
  readonly problems: readonly StandaloneProblem[]
  /** What no file can show. */
  readonly caveats: readonly string[]
}

const MAX_CHARS = 256 * 1024 * 1024
const encoder = new TextEncoder()
const utf8 = (text: string): Bytes => encoder.encode(text)
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

function joined(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Standard base64 with padding; null for anything else. */
function base64(text: string): Bytes | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null
  const raw = atob(text)
  return btoa(raw) === text ? Uint8Array.from(raw, (char) => char.charCodeAt(0)) : null
}

function base64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return null
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return base64(standard + '='.repeat((4 - (standard.length % 4)) % 4))
}

function base32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let out = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits > 0 ? out + alphabet[(held << (5 - bits)) & 31] : out
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 8785 for what such a log can hold. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isFields(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(',')}}`
}

function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}
const number = (fields: Fields, name: string): number => {
  const value = fields[name]
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : -1
}

const publicKey = (id: string): Bytes | null => {
  const key = id.startsWith('ed25519:') ? base64url(id.slice(8)) : null
  return key?.length === 32 ? key : null
}

async function signedBy(key: Bytes | null, message: Bytes, signature: Bytes | null): Promise<boolean> {
  if (key?.length !== 32 || signature?.length !== 64) return false
  try {
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', imported, signature, message)
  } catch {
    return false
  }
}

const recordSigned = (id: string, record: Fields): Promise<boolean> => {
  const signature = text(record, 'signature')
  const bytes = signature.startsWith('ed25519:') ? base64url(signature.slice(8)) : null
  return signedBy(publicKey(id), utf8(canonical(without(record, 'signature'))), bytes)
}

const node = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(joined(Uint8Array.of(1), left, right))
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

function proofOf(fields: Fields): Bytes[] | null {
  const { proof } = fields
  if (!Array.isArray(proof)) return null
  const hashes = proof.map((one: Json) => (typeof one === 'string' ? base64(one) : null))
  return hashes.every((one): one is Bytes => one?.length === 32) ? hashes : null
}

/** RFC 6962: from a leaf up to the root, deciding left and right by the shape of a tree of that size. */
async function rootFrom(leaf: Bytes, index: number, size: number, proof: readonly Bytes[]): Promise<Bytes | null> {
  async function climb(at: number, width: number, depth: number): Promise<Bytes | null> {
    if (width === 1) return depth === 0 ? leaf : null
    const sibling = proof[depth - 1]
    if (!sibling) return null
    let half = 1
    while (half * 2 < width) half *= 2
    const inner = at < half ? await climb(at, half, depth - 1) : await climb(at - half, width - half, depth - 1)
    if (!inner) return null
    return at < half ? node(inner, sibling) : node(sibling, inner)
  }
  return index >= 0 && index < size ? climb(index, size, proof.length) : null
}

/** RFC 6962: the roots that a consistency proof gives for the old tree and for the new one. */
async function rootsFrom(
  from: number,
  to: number,
  proof: readonly Bytes[],
  oldRoot: Bytes,
): Promise<{ readonly old: Bytes; readonly fresh: Bytes } | null> {
  async function climb(m: number, n: number, depth: number, known: boolean): Promise<{ old: Bytes; fresh: Bytes } | null> {
    if (m === n) {
      if (known) return depth === 0 ? { old: oldRoot, fresh: oldRoot } : null
      const only = proof[depth - 1]
      return only && depth === 1 ? { old: only, fresh: only } : null
    }
    const sibling = proof[depth - 1]
    if (!sibling) return null
    let half = 1
    while (half * 2 < n) half *= 2
    if (m <= half) {
      const inner = await climb(m, half, depth - 1, known)
      return inner && { old: inner.old, fresh: await node(inner.fresh, sibling) }
    }
    const inner = await climb(m - half, n - half, depth - 1, false)
    return inner && { old: await node(sibling, inner.old), fresh: await node(sibling, inner.fresh) }
  }
  return from > 0 && from <= to ? climb(from, to, proof.length, true) : null
}

interface Checkpoint {
  readonly size: number
  readonly root: Bytes
  readonly witnesses: readonly string[]
  /** Lines that no key verifies: in a log of ours there is none. */
  readonly loose: number
}

async function openNote(note: string, log: string, epoch: number): Promise<Checkpoint | string> {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n')) return 'is not a signed note'
  const body = note.slice(0, at + 1)
  const [origin = '', size = '', root = ''] = body.split('\n')
  const expected = `hearthnet/civdef/log/${log.slice(8)}${epoch > 0 ? `/${epoch}` : ''}`
  if (origin !== expected) return 'is a checkpoint of another log'
  const rootBytes = base64(root)
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || rootBytes?.length !== 32) return 'is not a checkpoint'
  let own = false
  let loose = 0
  const witnesses: string[] = []
  for (const line of note.slice(at + 2, -1).split('\n')) {
    const [dash, name = '', encoded = ''] = line.split(' ')
    const bytes = base64(encoded)
    if (dash !== '—' || !bytes || bytes.length < 5) return 'has a line that is no signature'
    const key = name === origin ? publicKey(log) : witnessKey(name)
    loose++
    if (!key) continue
    const type = name === origin ? 1 : 4
    const id = (await sha256(joined(utf8(`${name}\n`), Uint8Array.of(type), key))).subarray(0, 4)
    if (!equal(id, bytes.subarray(0, 4))) continue
    const rest = bytes.slice(4)
    if (type === 1) {
      if (!(await signedBy(key, utf8(body), rest))) return 'is not signed by its log'
      own = true
      loose--
    } else if (rest.length === 72) {
      const seconds = new DataView(rest.buffer, rest.byteOffset, 8).getBigUint64(0)
      const message = utf8(`cosignature/v1\ntime ${seconds}\n${body}`)
      if (!(await signedBy(key, message, rest.slice(8)))) continue
      witnesses.push(`ed25519:${name.slice(WITNESS.length)}`)
      loose--
    }
  }
  return own ? { size: Number(size), root: rootBytes, witnesses, loose } : 'is not signed by its log'
}

const WITNESS = 'hearthnet/civdef/witness/'
const witnessKey = (name: string): Bytes | null =>
  name.startsWith(WITNESS) ? publicKey(`ed25519:${name.slice(WITNESS.length)}`) : null

interface Line {
  readonly line: number
  readonly fields: Fields
}

function readLines(file: string, problem: (line: number, message: string) => void): Line[] {
  const lines: Line[] = []
  const texts = file.endsWith('\n') ? file.slice(0, -1).split('\n') : file.split('\n')
  if (!file.endsWith('\n')) problem(texts.length, 'the last line does not end: the file may be cut off')
  for (const [index, one] of texts.entries()) {
    let value: Json
    try {
      value = JSON.parse(one)
    } catch {
      problem(index + 1, 'is not JSON')
      continue
    }
    // what a reader sees and what is hashed must be the same: doubled names and other spellings are not
    if (!isFields(value) || canonical(value) !== one) problem(index + 1, 'is not in canonical form')
    else lines.push({ line: index + 1, fields: value })
  }
  return lines
}

/** Checks an exported log, and says of everything that is wrong in which line it is. Nothing is thrown. */
export async function verifyAuditExport(file: string): Promise<StandaloneReport> {
  const problems: StandaloneProblem[] = []
  const problem = (line: number, message: string, seq: number | null = null): void => {
    problems.push({ line, seq, message })
  }
  const lines = file.length > MAX_CHARS ? [] : readLines(file, problem)
  if (file.length > MAX_CHARS) problem(0, 'is too long')
  const of = (kind: string): Line[] => lines.filter(({ fields }) => fields.kind === kind)

  const [header] = of('header')
  const head: Fields = header?.fields ?? {}
  if (header?.line !== 1 || head.format !== 'hearthnet-civdef-audit' || head.version !== 1)
    problem(1, 'is not the header of an audit log')
  if (of('header').length > 1) problem(of('header')[1]?.line ?? 0, 'is a second header')
  const known = new Set(['header', 'entry', 'checkpoint', 'certificate', 'record'])
  for (const { line, fields } of lines)
    if (!known.has(text(fields, 'kind'))) problem(line, 'is of a kind this verifier does not know')
  const log = text(head, 'log')
  const [epoch, start, size] = [number(head, 'epoch'), number(head, 'start'), number(head, 'size')]
  if (!publicKey(log)) problem(1, 'names no log')

  // checkpoints: signed, growing, each continuing the one before
  let newest: Checkpoint | null = null
  for (const { line, fields } of of('checkpoint')) {
    const opened = await openNote(text(fields, 'note'), log, epoch)
    if (typeof opened === 'string') {
      problem(line, `the checkpoint ${opened}`)
      continue
    }
    const previous: Checkpoint | null = newest
    newest = opened
    if (opened.loose > 0) problem(line, 'the checkpoint carries a line that no key verifies')
    if (number(fields, 'size') !== opened.size) problem(line, 'says another size than its checkpoint')
    if (!previous) continue
    const proof = proofOf(fields)
    const roots = proof && (await rootsFrom(previous.size, opened.size, proof, previous.root))
    const continues = roots && equal(roots.old, previous.root) && equal(roots.fresh, opened.root)
    if (!continues) problem(line, `the checkpoint over ${opened.size} does not continue the one over ${previous.size}`)
  }
  if (!newest) problem(0, 'has no checkpoint that holds')
  else if (newest.size !== size) problem(1, `says ${size} entries, the newest checkpoint ${newest.size}`)

  // entries: signed, numbered, chained, in the tree
  let last: { readonly index: number; readonly sha: string } | null = null
  const payloads = new Set<string>()
  let entries = 0
  for (const { line, fields } of of('entry')) {
    entries++
    const { entry } = fields
    const index = number(fields, 'index')
    const seq = start + index
    if (!isFields(entry)) {
      problem(line, 'has no entry', seq)
      continue
    }
    const bytes = utf8(canonical(entry))
    const sha = `sha256:${hex(await sha256(bytes))}`
    if (index < 0 || number(entry, 'seq') !== seq) problem(line, `is numbered ${number(entry, 'seq')} in place ${seq}`, seq)
    if (last && index <= last.index) problem(line, 'is out of order', seq)
    if (last && index === last.index + 1 && text(entry, 'prev_sha') !== last.sha)
      problem(line, 'does not follow the entry before it', seq)
    if (index === 0 && epoch === 0 && entry.prev_sha !== null) problem(line, 'is the first and names one before it', seq)
    if (!(await recordSigned(log, entry))) problem(line, 'is not signed by the log', seq)
    const proof = proofOf(fields)
    if (newest) {
      const leaf = await sha256(joined(Uint8Array.of(0), bytes))
      const root = proof && (await rootFrom(leaf, index, newest.size, proof))
      if (!root || !equal(root, newest.root)) problem(line, 'is not in the tree of the newest checkpoint', seq)
    }
    payloads.add(text(entry, 'payload_sha'))
    last = { index, sha }
  }
  const complete = newest !== null && entries === newest.size
  if (head.whole === true && !complete) problem(0, `shows ${entries} of ${size} entries, but says it is whole`)

  // certificates and records: as their hashes and signatures say
  for (const { line, fields } of of('certificate')) {
    const { certificate } = fields
    if (!isFields(certificate)) {
      problem(line, 'has no certificate')
      continue
    }
    const id = base32(await sha256(utf8(canonical(without(certificate, 'cert_id', 'signature')))))
    if (id !== text(certificate, 'cert_id')) problem(line, 'the id of the certificate is not its hash')
    if (!(await recordSigned(text(certificate, 'issuer'), certificate)))
      problem(line, 'the certificate is not signed by its issuer')
  }
  for (const { line, fields } of of('record')) {
    const sha = `sha256:${hex(await sha256(utf8(canonical(fields.record ?? null))))}`
    if (!payloads.has(sha)) problem(line, 'no entry in this file is about this record')
  }

  const witnesses = newest?.witnesses ?? []
  return {
    sound: problems.length === 0,
    log,
    entries,
    size: newest?.size ?? 0,
    complete,
    checkpoints: of('checkpoint').length,
    witnesses,
    certificates: of('certificate').length,
    records: of('record').length,
    problems,
    caveats: [
      ...(witnesses.length === 0
        ? ['No witness signed the newest checkpoint: whoever holds the key of the log could have rewritten all of it.']
        : []),
      ...(complete ? [] : ['The file shows a part of the log. What is left out cannot be judged by it.']),
      'What came after the newest checkpoint is not in this file. Ask the witnesses for the newest checkpoint they hold.',
    ],
  }
}
