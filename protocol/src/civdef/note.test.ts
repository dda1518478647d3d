import { describe, expect, it } from 'vitest'
import { fromBase64Url } from '../core/encoding.ts'
import { nodeIdOf } from '../core/ids.ts'
import type { Signer } from '../core/signing.ts'
import {
  cosignCheckpoint,
  cosignedBy,
  formatCheckpoint,
  formatNote,
  fromBase64,
  logName,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  signNote,
  verifierLine,
  verifyNote,
  withLine,
  witnessesOf,
} from './note.ts'

/** The worked example of Go's sumdb/note package, whose format C2SP wrote down. */
const EXAMPLE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n\n" +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const EXAMPLE_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'

async function signer(): Promise<Signer> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, bytes)),
  }
}

const ROOT = new Uint8Array(32).fill(7)

describe('signed notes', () => {
  it('read and verify one that another tool signed, and write it back byte for byte (AUD-2)', async () => {
    const [name = '', , encoded = ''] = EXAMPLE_KEY.split('+')
    const key = { name, nodeId: nodeIdOf(fromBase64(encoded).subarray(1)) }
    const note = parseNote(EXAMPLE)
    expect(verifierLine(key)).toBe(EXAMPLE_KEY)
    expect(await verifyNote(note, key)).toBe(true)
    expect(formatNote(note)).toBe(EXAMPLE)
    expect(await verifyNote({ ...note, text: note.text.replace('your', 'my') }, key)).toBe(false)
  })

  it.each([
    ['no newline at the end', EXAMPLE.slice(0, -1)],
    ['no signature', 'text\n'],
    ['no empty line', EXAMPLE.replace('\n\n', '\n')],
    ['a hyphen for the dash', EXAMPLE.replace('— ', '- ')],
    ['two spaces', EXAMPLE.replace('PeterNeumann ', 'PeterNeumann  ')],
    ['a plus in the name', EXAMPLE.replace('PeterNeumann', 'Peter+Neumann')],
    ['base64 without padding', EXAMPLE.replace('nAM=', 'nAM')],
    ['base64 with loose bits', EXAMPLE.replace('nAM=', 'nAN=')],
    ['a signature of no bytes', 'text\n\n— a AAAAAA==\n'],
    ['a control character', EXAMPLE.replace('think', 'th\tink')],
    ['a carriage return', EXAMPLE.replace(',\n', ',\r\n')],
  ])('with %s are refused', (_what, text) => {
    expect(() => parseNote(text)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })
})

describe('checkpoints', () => {
  it('are origin, size and root, and come back as they were (AUD-2)', () => {
    const body = { origin: 'log.example/a', size: 12, root: ROOT, extensions: ['more'] }
    const text = formatCheckpoint(body)
    expect(text).toBe('log.example/a\n12\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\nmore\n')
    expect(parseCheckpoint(text)).toEqual(body)
  })

  it.each([
    ['a leading zero', 'o\n012\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
    ['a negative size', 'o\n-1\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
    ['no origin', '\n1\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
    ['a short root', 'o\n1\nBwcH\n'],
    ['an empty extension', 'o\n1\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n'],
    ['a size beyond 53 bits', 'o\n9007199254740993\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
  ])('with %s are refused', (_what, text) => {
    expect(() => parseCheckpoint(text)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })

  it('are signed by their log, and witnesses add lines that verify (AUD-3)', async () => {
    const [log, witness, other] = [await signer(), await signer(), await signer()]
    const text = formatCheckpoint({ origin: logName(log.nodeId), size: 3, root: ROOT, extensions: [] })
    const signed = await signNote(log, logName(log.nodeId), text)
    const note = withLine(signed, await cosignCheckpoint(witness, text, 1_779_782_400))
    const opened = await openCheckpoint(note, log.nodeId)
    expect(opened.body.size).toBe(3)
    expect(await cosignedBy(opened.note, witness.nodeId)).toBe(1_779_782_400)
    expect(await cosignedBy(opened.note, other.nodeId)).toBeNull()
    expect(await witnessesOf(opened.note)).toEqual([witness.nodeId])
    await expect(openCheckpoint(note, other.nodeId)).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('do not pass with a witness line made for another time, size or root (AUD-3)', async () => {
    const [log, witness] = [await signer(), await signer()]
    const at = (size: number) => formatCheckpoint({ origin: logName(log.nodeId), size, root: ROOT, extensions: [] })
    const line = await cosignCheckpoint(witness, at(3), 1_779_782_400)
    const wrong = parseNote(withLine(await signNote(log, logName(log.nodeId), at(4)), line))
    expect(await witnessesOf(wrong)).toEqual([])
    const bytes = fromBase64(line.trim().split(' ')[2] ?? '')
    bytes[11] = (bytes[11] ?? 0) ^ 1 // the last byte of the time
    const dated = line.replace(/[^ ]+\n$/, `${btoa(String.fromCharCode(...bytes))}\n`)
    const other = parseNote(withLine(await signNote(log, logName(log.nodeId), at(3)), dated))
    expect(await witnessesOf(other)).toEqual([])
  })
})
