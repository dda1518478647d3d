// Checks an exported audit log with no network and none of the app (AUD-5). This file imports nothing on purpose: it shares no
// code with what made the log, and can be read, bundled or run by itself. WebCrypto is all it needs. What it finds is a word per
// case; standalone-words.ts has the sentences.

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Fields = { readonly [name: string]: Json }
type Bytes = Uint8Array<ArrayBuffer>

/** Everything that can be wrong with a file. */
const FAULTS = [
  ...([
    'too_long',
    'cut_off',
    'not_json',
    'not_canonical',
    'unknown_kind',
    'fields',
    'no_header',
    'second_header',
    'no_log',
  ] as const),
  ...(['note_malformed', 'note_of_another_log', 'note_unsigned', 'note_line_malformed', 'note_line_unverified'] as const),
  ...(['checkpoint_size', 'checkpoint_inconsistent', 'no_checkpoint', 'header_size'] as const),
  ...(['no_entry', 'number', 'order', 'link', 'first_link', 'unsigned', 'not_in_tree', 'entries_missing'] as const),
  ...(['base_malformed', 'base_not_in_tree', 'base_unsaid', 'before_base'] as const),
  ...(['record_of_nothing', 'record_elsewhere', 'alert_unsigned', 'drill_mark', 'drill_count'] as const),
  ...(['no_certificate', 'certificate_id', 'certificate_unsigned'] as const),
] as const
export type StandaloneFault = (typeof FAULTS)[number]

export interface StandaloneProblem {
  readonly fault: StandaloneFault
  /** Line of the file, from 1; 0 for the file as a whole. */
  readonly line: number
  /** Number of the entry, where it is about one. */
  readonly seq: number | null
}

/** What no file can show, or this one does not. */
export type Caveat = 'no_witness' | 'part' | 'newer' | 'deleted' | 'records_missing' | 'earlier_run'

export interface StandaloneReport {
  readonly sound: boolean
  readonly log: string
  readonly entries: number
  /** Entries of the whole chain up to its newest checkpoint. */
  readonly size: number
  /** Entries that were deleted after their time, with a signed entry that says so (AUD-6). */
  readonly deleted: number
  /** Whether the file shows every entry that still exists. */
  readonly complete: boolean
  readonly checkpoints: number
  /** Keys of witnesses whose lines verify on the newest checkpoint. */
  readonly witnesses: readonly string[]
  readonly certificates: number
  readonly records: number
  /** Entries about an alert that is a drill (CIV-9). */
  readonly drills: number
  readonly problems: readonly StandaloneProblem[]
  readonly caveats: readonly Caveat[]
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

async function openNote(note: string, log: string, epoch: number): Promise<Checkpoint | StandaloneFault> {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n')) return 'note_malformed'
  const body = note.slice(0, at + 1)
  const [origin = '', size = '', root = ''] = body.split('\n')
  const expected = `hearthnet/civdef/log/${log.slice(8)}${epoch > 0 ? `/${epoch}` : ''}`
  if (origin !== expected) return 'note_of_another_log'
  const rootBytes = base64(root)
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || rootBytes?.length !== 32) return 'note_malformed'
  let [own, loose] = [false, 0]
  const witnesses: string[] = []
  for (const line of note.slice(at + 2, -1).split('\n')) {
    const [dash, name = '', encoded = ''] = line.split(' ')
    const bytes = base64(encoded)
    if (dash !== '—' || !bytes || bytes.length < 5) return 'note_line_malformed'
    const key = name === origin ? publicKey(log) : witnessKey(name)
    loose++
    if (!key) continue
    const type = name === origin ? 1 : 4
    const id = (await sha256(joined(utf8(`${name}\n`), Uint8Array.of(type), key))).subarray(0, 4)
    if (!equal(id, bytes.subarray(0, 4))) continue
    const rest = bytes.slice(4)
    if (type === 1) {
      if (!(await signedBy(key, utf8(body), rest))) return 'note_unsigned'
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
  return own ? { size: Number(size), root: rootBytes, witnesses, loose } : 'note_unsigned'
}

const WITNESS = 'hearthnet/civdef/witness/'
const witnessKey = (name: string): Bytes | null =>
  name.startsWith(WITNESS) ? publicKey(`ed25519:${name.slice(WITNESS.length)}`) : null

interface Line {
  readonly line: number
  readonly fields: Fields
}

type Say = (line: number, fault: StandaloneFault, seq?: number | null) => void

function isWritten(value: Json, as: string): boolean {
  try {
    return canonical(value) === as
  } catch {
    return false // nested deeper than this can go, and than any log is
  }
}

function readLines(file: string, say: Say): Line[] {
  const lines: Line[] = []
  const texts = file.endsWith('\n') ? file.slice(0, -1).split('\n') : file.split('\n')
  if (!file.endsWith('\n')) say(texts.length, 'cut_off')
  for (const [index, one] of texts.entries()) {
    let value: Json
    try {
      value = JSON.parse(one)
    } catch {
      say(index + 1, 'not_json')
      continue
    }
    // what a reader sees and what is hashed must be the same: doubled names and other spellings are not
    if (!isFields(value) || !isWritten(value, one)) say(index + 1, 'not_canonical')
    else lines.push({ line: index + 1, fields: value })
  }
  return lines
}

/** Checkpoints: signed, growing, each continuing the one before. @returns the newest that holds */
async function checkCheckpoints(lines: readonly Line[], log: string, epoch: number, say: Say): Promise<Checkpoint | null> {
  let newest: Checkpoint | null = null
  for (const { line, fields } of lines) {
    const opened = await openNote(text(fields, 'note'), log, epoch)
    if (typeof opened === 'string') {
      say(line, opened)
      continue
    }
    const previous: Checkpoint | null = newest
    newest = opened
    if (opened.loose > 0) say(line, 'note_line_unverified')
    if (number(fields, 'size') !== opened.size || number(fields, 'from') !== (previous?.size ?? 0)) say(line, 'checkpoint_size')
    if (!previous) continue
    const proof = proofOf(fields)
    const roots = proof && (await rootsFrom(previous.size, opened.size, proof, previous.root))
    const continues = roots && equal(roots.old, previous.root) && equal(roots.fresh, opened.root)
    if (!continues) say(line, 'checkpoint_inconsistent')
  }
  return newest
}

/** What was deleted: its hashes give the root that is said, and the newest checkpoint continues it. */
async function checkBase(base: Fields, newest: Checkpoint | null, say: Say): Promise<void> {
  const { hashes } = base
  const size = number(base, 'size')
  const parts = Array.isArray(hashes) ? hashes.map((one: Json) => (typeof one === 'string' ? base64(one) : null)) : []
  const ones = size > 0 ? [...size.toString(2)].filter((bit) => bit === '1').length : -1
  if (parts.length !== ones || !parts.every((one): one is Bytes => one?.length === 32)) return say(1, 'base_malformed')
  // the last ones are the smallest subtrees: each is the right side of what the larger ones make
  let root = parts.at(-1)
  for (const left of parts.slice(0, -1).reverse()) root = root && (await node(left, root))
  const said = base64(text(base, 'root'))
  if (!root || !said || !equal(root, said)) return say(1, 'base_malformed')
  const proof = proofOf(base)
  const roots = newest && proof && (await rootsFrom(size, newest.size, proof, root))
  if (!newest || !roots || !equal(roots.old, root) || !equal(roots.fresh, newest.root)) say(1, 'base_not_in_tree')
}

interface Entries {
  readonly count: number
  /** By what they are about: hash of the record, indexes. The same can be said twice. */
  readonly payloads: ReadonlyMap<string, ReadonlySet<number>>
  readonly deletions: ReadonlySet<string>
  readonly marks: readonly {
    readonly line: number
    readonly seq: number
    readonly alert: string
    readonly drill: Json | undefined
  }[]
}

/** Entries: signed, numbered, chained, in the tree. */
async function checkEntries(lines: readonly Line[], head: Fields, newest: Checkpoint | null, say: Say): Promise<Entries> {
  const [log, epoch, start] = [text(head, 'log'), number(head, 'epoch'), number(head, 'start')]
  const base = isFields(head.base) ? head.base : null
  const gone = base ? number(base, 'size') : 0
  const payloads = new Map<string, Set<number>>()
  const deletions = new Set<string>()
  const marks: Entries['marks'][number][] = []
  let last: { readonly index: number; readonly sha: string } | null = null
  for (const { line, fields } of lines) {
    const { entry, drill } = fields
    const index = number(fields, 'index')
    const seq = start + index
    if (!isFields(entry)) {
      say(line, 'no_entry', seq)
      continue
    }
    const bytes = utf8(canonical(entry))
    const sha = `sha256:${hex(await sha256(bytes))}`
    if (index < 0 || number(entry, 'seq') !== seq) say(line, 'number', seq)
    if (index < gone) say(line, 'before_base', seq)
    if (last && index <= last.index) say(line, 'order', seq)
    if (last && index === last.index + 1 && text(entry, 'prev_sha') !== last.sha) say(line, 'link', seq)
    if (index === 0 && epoch === 0 && entry.prev_sha !== null) say(line, 'first_link', seq)
    if (base && index === gone && text(entry, 'prev_sha') !== text(base, 'last_sha')) say(line, 'link', seq)
    if (!(await recordSigned(log, entry))) say(line, 'unsigned', seq)
    const proof = proofOf(fields)
    if (newest) {
      const leaf = await sha256(joined(Uint8Array.of(0), bytes))
      const root = proof && (await rootFrom(leaf, index, newest.size, proof))
      if (!root || !equal(root, newest.root)) say(line, 'not_in_tree', seq)
    }
    const about = text(entry, 'payload_sha')
    payloads.set(about, (payloads.get(about) ?? new Set()).add(index))
    if (entry.event === 'deleted') deletions.add(about)
    marks.push({ line, seq, alert: text(entry, 'alert_id'), drill })
    last = { index, sha }
  }
  return { count: lines.length, payloads, deletions, marks }
}

const shaOf = async (value: Json): Promise<string> => `sha256:${hex(await sha256(utf8(canonical(value))))}`

/** Certificates: their ids are their hashes, and their issuers signed them. Whether an issuer may is not for this file to say. */
async function checkCertificates(lines: readonly Line[], say: Say): Promise<void> {
  for (const { line, fields } of lines) {
    const { certificate } = fields
    if (!isFields(certificate)) {
      say(line, 'no_certificate')
      continue
    }
    const id = base32(await sha256(utf8(canonical(without(certificate, 'cert_id', 'signature')))))
    if (id !== text(certificate, 'cert_id')) say(line, 'certificate_id')
    if (!(await recordSigned(text(certificate, 'issuer'), certificate))) say(line, 'certificate_unsigned')
  }
}

/** What a line of each kind has, and what it may have: anything else would be seen by a reader and checked by nobody. */
const NAMES: { readonly [kind: string]: readonly [must: string, may?: string] } = {
  header: ['drills epoch format kind log made_at size start version whole', 'base'],
  entry: ['entry index kind proof', 'drill'],
  record: ['index kind record'],
  alert: ['alert kind'],
  checkpoint: ['from kind note proof size'],
  certificate: ['certificate kind'],
}

function hasNames(fields: Fields, must: string, may = ''): boolean {
  const [needed, allowed] = [must.split(' '), may.split(' ')]
  return (
    needed.every((name) => name in fields) &&
    Object.keys(fields).every((name) => needed.includes(name) || allowed.includes(name))
  )
}

/** Checks an exported log, and says of everything that is wrong in which line it is. Nothing is thrown. */
export async function verifyAuditExport(file: string): Promise<StandaloneReport> {
  const problems: StandaloneProblem[] = []
  const say: Say = (line, fault, seq = null) => {
    problems.push({ fault, line, seq })
  }
  const lines = file.length > MAX_CHARS ? [] : readLines(file, say)
  if (file.length > MAX_CHARS) say(0, 'too_long')
  const of = (kind: string): Line[] => lines.filter(({ fields }) => fields.kind === kind)

  const [header, second] = of('header')
  const head: Fields = header?.fields ?? {}
  if (header?.line !== 1 || head.format !== 'hearthnet-civdef-audit' || head.version !== 1) say(1, 'no_header')
  if (second) say(second.line, 'second_header')
  for (const { line, fields } of lines) {
    const kind = Object.hasOwn(NAMES, text(fields, 'kind')) ? NAMES[text(fields, 'kind')] : undefined
    if (!kind) say(line, 'unknown_kind')
    else if (!hasNames(fields, ...kind)) say(line, 'fields')
  }
  const [log, size] = [text(head, 'log'), number(head, 'size')]
  if (!publicKey(log)) say(1, 'no_log')

  const newest = await checkCheckpoints(of('checkpoint'), log, number(head, 'epoch'), say)
  if (!newest) say(0, 'no_checkpoint')
  else if (newest.size !== size) say(1, 'header_size')
  const base = isFields(head.base) ? head.base : null
  if (base) await checkBase(base, newest, say)
  const deleted = base ? Math.max(0, number(base, 'size')) : 0
  const entries = await checkEntries(of('entry'), head, newest, say)
  const complete = newest !== null && entries.count === newest.size - deleted
  if (head.whole === true && !complete) say(0, 'entries_missing')
  if (base) {
    const sha = await shaOf(without(base, 'hashes', 'proof'))
    // of a part, the entry that says so may be left out with others
    if (!entries.deletions.has(sha) && head.whole === true) say(1, 'base_unsaid')
  }

  const drills = new Map<string, Set<boolean>>()
  const noteAlert = (alert: Fields): void => {
    const id = text(alert, 'alert_id')
    drills.set(id, (drills.get(id) ?? new Set()).add(alert.drill === true))
  }
  for (const { line, fields } of of('record')) {
    const { record = null } = fields
    const indexes = entries.payloads.get(await shaOf(record))
    if (!indexes) say(line, 'record_of_nothing')
    else if (!indexes.has(number(fields, 'index'))) say(line, 'record_elsewhere')
    else if (isFields(record) && 'drill' in record && 'publisher' in record) noteAlert(record)
  }
  for (const { line, fields } of of('alert')) {
    const { alert } = fields
    if (isFields(alert) && (await recordSigned(text(alert, 'publisher'), alert))) noteAlert(alert)
    else say(line, 'alert_unsigned')
  }
  const marked = entries.marks.filter(({ drill }) => drill === true).length
  for (const { line, seq, alert, drill } of entries.marks) {
    const said = drills.get(alert)
    // a mark stands for an alert in this file, and an alert in this file for a mark
    if (said ? typeof drill !== 'boolean' || !said.has(drill) : drill !== undefined) say(line, 'drill_mark', seq)
  }
  if (number(head, 'drills') !== marked) say(1, 'drill_count')
  await checkCertificates(of('certificate'), say)

  const [witnesses, records] = [newest?.witnesses ?? [], of('record').length]
  return {
    sound: problems.length === 0,
    log,
    entries: entries.count,
    size: newest?.size ?? 0,
    deleted,
    complete,
    checkpoints: of('checkpoint').length,
    witnesses,
    certificates: of('certificate').length,
    records,
    drills: marked,
    problems: problems.sort((a, b) => a.line - b.line),
    caveats: [
      ...(witnesses.length === 0 ? (['no_witness'] as const) : []),
      ...(complete ? [] : (['part'] as const)),
      ...(deleted > 0 ? (['deleted'] as const) : []),
      ...(records < entries.count ? (['records_missing'] as const) : []),
      ...(number(head, 'epoch') > 0 ? (['earlier_run'] as const) : []),
      'newer',
    ],
  }
}
