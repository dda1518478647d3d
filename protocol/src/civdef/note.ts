import { base64 } from '@scure/base'
import { concatBytes, fromBase64Url, toHex, utf8 } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { NodeId } from '../core/ids.ts'
import { nodeIdOf, publicKeyOf } from '../core/ids.ts'
import { type Signer, verifyBytes } from '../core/signing.ts'

// C2SP signed-note, tlog-checkpoint and tlog-cosignature (AUD-2, AUD-3): text that other transparency logs' tools read

/** Signature types of signed notes. */
const ED25519 = 0x01
const COSIGNATURE = 0x04
const MAX_NOTE_CHARS = 16 * 1024
const MAX_SIGNATURES = 32
const SPLIT = '\n\n'
const DASH = '— '

/** One line `— <name> <base64(key id, signature)>`. */
export interface NoteSignature {
  readonly name: string
  /** Eight hex digits. */
  readonly keyId: string
  /** Without the key id. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface SignedNote {
  /** Ends with a newline; that is what is signed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

function refuse(message: string): never {
  throw new HearthError('bad_request', `signed note: ${message}`)
}

const isKeyName = (name: string): boolean => name !== '' && !/[\s+\u00a0\u2028\u2029]/.test(name)

/** First four bytes of SHA-256 of name, newline, type and key. */
function keyIdOf(name: string, type: number, key: Uint8Array): string {
  return toHex(sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), key)).subarray(0, 4))
}

/** Standard base64 with its padding and nothing else. @throws HearthError `bad_request` */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = new Uint8Array(base64.decode(text))
    if (base64.encode(bytes) === text) return bytes
  } catch {
    // said below
  }
  return refuse('not base64')
}

export const toBase64 = (bytes: Uint8Array): string => base64.encode(bytes)

function parseSignature(line: string): NoteSignature {
  if (!line.startsWith(DASH)) refuse('a signature line begins with an em dash')
  const [name = '', encoded = '', ...rest] = line.slice(DASH.length).split(' ')
  if (rest.length > 0 || !isKeyName(name)) refuse('a signature line is a name and a signature')
  const bytes = fromBase64(encoded)
  if (bytes.length < 5) refuse('a signature has a key id and at least one byte')
  return { name, keyId: toHex(bytes.subarray(0, 4)), bytes: bytes.slice(4) }
}

/** @throws HearthError `bad_request` */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_CHARS) refuse('too long')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) refuse('control character')
  if (!note.endsWith('\n')) refuse('ends without a newline')
  const at = note.lastIndexOf(SPLIT)
  if (at < 0) refuse('no empty line between text and signatures')
  const lines = note.slice(at + SPLIT.length, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) refuse('too many signatures')
  return { text: note.slice(0, at + 1), signatures: lines.map(parseSignature) }
}

const signatureLine = (name: string, keyId: string, bytes: Uint8Array): string =>
  `${DASH}${name} ${toBase64(
    concatBytes(
      Uint8Array.from(keyId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
      bytes,
    ),
  )}\n`

export const formatNote = ({ text, signatures }: SignedNote): string =>
  `${text}\n${signatures.map(({ name, keyId, bytes }) => signatureLine(name, keyId, bytes)).join('')}`

/** Who a signature line may be by: `<name>+<key id>+<base64(type, key)>` in the tools of others. */
export interface NoteKey {
  readonly name: string
  readonly nodeId: NodeId
}

export const verifierLine = ({ name, nodeId }: NoteKey): string => {
  const key = publicKeyOf(nodeId)
  return `${name}+${keyIdOf(name, ED25519, key)}+${toBase64(concatBytes(Uint8Array.of(ED25519), key))}`
}

/**
 * The origin of a node's own log, and the name of the key that signs it. A chain that was broken and deliberately begun anew
 * is another log with a number (AUD-4): its witnesses start over, and the broken one stays as they saw it.
 */
export const logName = (nodeId: NodeId, epoch = 0): string =>
  `hearthnet/civdef/log/${nodeId.slice('ed25519:'.length)}${epoch === 0 ? '' : `/${epoch}`}`

/** Which of a node's chains an origin names; null for another log. */
export function epochOf(origin: string, nodeId: NodeId): number | null {
  const first = logName(nodeId)
  if (origin === first) return 0
  const epoch = origin.startsWith(`${first}/`) ? origin.slice(first.length + 1) : ''
  return /^[1-9]\d{0,5}$/.test(epoch) ? Number(epoch) : null
}
/** The name of a node's key as a witness of others' logs. */
export const witnessName = (nodeId: NodeId): string => `hearthnet/civdef/witness/${nodeId.slice('ed25519:'.length)}`

/** Signs a text as a note. @param text ends with a newline */
export async function signNote(signer: Signer, name: string, text: string): Promise<string> {
  const bytes = await signer.sign(utf8(text))
  return formatNote({ text, signatures: [{ name, keyId: keyIdOf(name, ED25519, publicKeyOf(signer.nodeId)), bytes }] })
}

/** Whether one of the note's signatures is this key's. A line of that key that does not verify is never passed over. */
export async function verifyNote(note: SignedNote, { name, nodeId }: NoteKey): Promise<boolean> {
  const keyId = keyIdOf(name, ED25519, publicKeyOf(nodeId))
  const own = note.signatures.filter((signature) => signature.name === name && signature.keyId === keyId)
  if (own.length !== 1 || !own[0]) return false
  return verifyBytes(nodeId, utf8(note.text), own[0].bytes)
}

/** A tlog-checkpoint: how many entries there are and the root over all of them. */
export interface CheckpointBody {
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array<ArrayBuffer>
  /** Further lines, none of them empty. */
  readonly extensions: readonly string[]
}

export const formatCheckpoint = ({ origin, size, root, extensions }: CheckpointBody): string =>
  [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('')

/** @throws HearthError `bad_request` */
export function parseCheckpoint(text: string): CheckpointBody {
  if (!text.endsWith('\n')) refuse('a checkpoint ends with a newline')
  const [origin = '', size = '', root = '', ...extensions] = text.slice(0, -1).split('\n')
  if (origin === '') refuse('a checkpoint names its origin')
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) refuse('the size is a decimal number')
  const bytes = fromBase64(root)
  if (bytes.length !== 32) refuse('the root has 32 bytes')
  if (extensions.some((line) => line === '')) refuse('an extension line is empty')
  return { origin, size: Number(size), root: bytes, extensions }
}

/** What a witness signs: a header, its time, and the checkpoint (tlog-cosignature). */
const cosignedText = (seconds: number, text: string): string => `cosignature/v1\ntime ${seconds}\n${text}`

function seconds64(seconds: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, BigInt(seconds))
  return out
}

/** A witness's line for a checkpoint. @param seconds since 1970 */
export async function cosignCheckpoint(signer: Signer, text: string, seconds: number): Promise<string> {
  const name = witnessName(signer.nodeId)
  const signature = await signer.sign(utf8(cosignedText(seconds, text)))
  const keyId = keyIdOf(name, COSIGNATURE, publicKeyOf(signer.nodeId))
  return signatureLine(name, keyId, concatBytes(seconds64(seconds), signature))
}

/** When this witness cosigned the checkpoint, in seconds since 1970; null where it did not. */
export async function cosignedBy(note: SignedNote, witness: NodeId): Promise<number | null> {
  const name = witnessName(witness)
  const keyId = keyIdOf(name, COSIGNATURE, publicKeyOf(witness))
  const own = note.signatures.filter((signature) => signature.name === name && signature.keyId === keyId)
  if (own.length !== 1 || !own[0] || own[0].bytes.length !== 72) return null
  const { bytes } = own[0]
  const seconds = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0))
  if (!Number.isSafeInteger(seconds)) return null
  return (await verifyBytes(witness, utf8(cosignedText(seconds, note.text)), bytes.slice(8))) ? seconds : null
}

/** Whose key a witness line's name says; null for any other name. */
function witnessOf(name: string): NodeId | null {
  const prefix = 'hearthnet/civdef/witness/'
  if (!name.startsWith(prefix)) return null
  try {
    // by way of its bytes: a last letter with loose bits would be a second name for one key
    const id = nodeIdOf(fromBase64Url(name.slice(prefix.length)))
    return witnessName(id) === name ? id : null
  } catch {
    return null
  }
}

/** The nodes whose witness lines verify on a checkpoint. A name carries its key, so no list is needed to check a line. */
export async function witnessesOf(note: SignedNote): Promise<readonly NodeId[]> {
  const named = note.signatures.flatMap(({ name }) => {
    const id = witnessOf(name)
    return id ? [id] : []
  })
  const good = await Promise.all([...new Set(named)].map(async (id) => ((await cosignedBy(note, id)) === null ? [] : [id])))
  return good.flat()
}

export interface OpenedCheckpoint {
  readonly body: CheckpointBody
  readonly epoch: number
  readonly note: SignedNote
}

/** A checkpoint of a node's log with its signature checked. @throws HearthError `bad_request`, `invalid_signature` */
export async function openCheckpoint(note: string, log: NodeId): Promise<OpenedCheckpoint> {
  const parsed = parseNote(note)
  const body = parseCheckpoint(parsed.text)
  const epoch = epochOf(body.origin, log)
  if (epoch === null) refuse('the checkpoint of another log')
  if (!(await verifyNote(parsed, { name: body.origin, nodeId: log }))) {
    throw new HearthError('invalid_signature', 'the checkpoint is not signed by its log')
  }
  return { body, epoch, note: parsed }
}

/** Adds a witness's line to a note. */
export const withLine = (note: string, line: string): string => (note.includes(line) ? note : note + line)
