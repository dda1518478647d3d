import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCertificate } from './certificate.ts'
import { loadPeerKey } from './peer-key.ts'

const NOW = Date.UTC(2026, 0, 1)
const YEAR = 365 * 86_400_000

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'box-identity-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('what the box keeps', () => {
  it('is a P-256 certificate whose hash stays for years, and is renewed before it ends', async () => {
    const first = await loadCertificate(directory, NOW)
    const x509 = new X509Certificate(first.pem)
    expect(x509.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' })
    expect(x509.verify(x509.publicKey)).toBe(true)
    expect(Buffer.from(first.certhash.slice(1), 'base64url').subarray(2).toString('hex')).toBe(
      x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    )
    expect(await loadCertificate(directory, NOW + 9 * YEAR)).toEqual(first)
    expect((await loadCertificate(directory, NOW + 10 * YEAR)).certhash).not.toBe(first.certhash)
  })

  it('is one key, the same at every start', async () => {
    const [first, second] = [await loadPeerKey(directory), await loadPeerKey(directory)]
    expect(first.equals(second)).toBe(true)
    expect(first.type).toBe('Ed25519')
  })

  it('is made anew by nobody when the file is broken: the operator has to know', async () => {
    await loadPeerKey(directory)
    await writeFile(join(directory, 'peer.key'), 'not a key!')
    await expect(loadPeerKey(directory)).rejects.toThrow()
    expect(await readFile(join(directory, 'peer.key'), 'utf8')).toBe('not a key!')
  })
})
