import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509'
import { concatBytes, toBase64Url, toHex } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { readOrCreate } from './secret-file.ts'

/** What webrtc-direct is listened with: the hash of `pem` stands in the address that browsers dial. */
export interface DirectCertificate {
  readonly privateKey: string
  readonly pem: string
  /** Multibase base64url of the SHA-256 multihash. */
  readonly certhash: string
}

const DAY = 86_400_000
const LIFETIME_DAYS = 3650
const RENEW_DAYS = 30
const SHA2_256 = [0x12, 32]
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const pkcs8Pem = (der: ArrayBuffer): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`

/** P-256, as the WebRTC-direct specification wants it; the browser checks the hash and not who issued it. */
async function createCertificate(now: number): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const second = Math.trunc(now / 1000) * 1000 // X.509 counts whole seconds
  const description = {
    serialNumber: `00${toHex(crypto.getRandomValues(new Uint8Array(15)))}`,
    name: 'CN=hearthnet-box',
    // a machine without a clock battery may wake up in the past
    notBefore: new Date(second - DAY),
    notAfter: new Date(second + LIFETIME_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new BasicConstraintsExtension(false, undefined, true)],
  }
  // named, because libp2p sets another implementation as the library's default
  const certificate = await X509CertificateGenerator.createSelfSigned(description, crypto)
  return pkcs8Pem(await crypto.subtle.exportKey('pkcs8', keys.privateKey)) + certificate.toString('pem')
}

function parse(text: string): { readonly certificate: DirectCertificate; readonly notAfter: number } {
  const at = text.indexOf('-----BEGIN CERTIFICATE-----')
  const pem = text.slice(at)
  const x509 = new X509Certificate(pem)
  const certhash = `u${toBase64Url(concatBytes(Uint8Array.from(SHA2_256), sha256(x509.raw)))}`
  return { certificate: { privateKey: text.slice(0, at), pem, certhash }, notAfter: Date.parse(x509.validTo) }
}

/** Kept for ten years: with libp2p's own, the address in a QR code would change every fortnight. */
export async function loadCertificate(directory: string, now: number): Promise<DirectCertificate> {
  const path = join(directory, 'webrtc-direct.pem')
  const kept = parse(await readOrCreate(path, () => createCertificate(now)))
  if (kept.notAfter - now > RENEW_DAYS * DAY) return kept.certificate
  await rm(path)
  return parse(await readOrCreate(path, () => createCertificate(now))).certificate
}
