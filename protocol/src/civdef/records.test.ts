import { beforeAll, describe, expect, it } from 'vitest'
import { fromBase64Url } from '../core/encoding.ts'
import type { SignedEvent } from '../core/event.ts'
import { nodeIdOf, type Ulid } from '../core/ids.ts'
import { type Signer, signRecord } from '../core/signing.ts'
import { type Alert, type AlertContent, checkAlert, contentSha } from './alert.ts'
import { type Certificate, certIdOf, checkCertificate } from './certificate.ts'
import { alertCancelled, alertForwarded, alertPublished, roleRegistered } from './events.ts'
import { within } from './terms.ts'

async function newSigner(): Promise<Signer> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, bytes)),
  }
}

let anna: Signer
let bert: Signer
beforeAll(async () => {
  anna = await newSigner()
  bert = await newSigner()
})

async function certificate(change: Partial<Certificate> = {}): Promise<Certificate> {
  const content = {
    holder: anna.nodeId,
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter',
    region: 'DE.NRW.Kleve.Issum',
    issuer: bert.nodeId,
    issuer_chain: [],
    issued_at: '2026-01-01T00:00:00Z',
    expires_at: '2027-01-01T00:00:00Z',
    scopes: ['alert.publish' as const],
    title: 'Wehrleiterin Issum',
    ...change,
  }
  return signRecord(bert, { ...content, cert_id: change.cert_id ?? certIdOf(content) })
}

async function content(change: Partial<AlertContent> = {}): Promise<AlertContent> {
  const { cert_id, role } = await certificate()
  return {
    alert_id: '01KSXB3Q000000000000000000' as Ulid,
    severity: 'warning',
    language: 'de-DE',
    title: 'Hochwasser an der Issumer Fleuth',
    body: 'Der Pegel steigt.\nKeller räumen.',
    instructions: ['Keller meiden', 'Strom abschalten'],
    variants: [],
    target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local', 'push'] },
    expires_at: '2026-05-26T18:00:00Z',
    publisher: anna.nodeId,
    publisher_role: role,
    publisher_cert: cert_id,
    drill: false,
    ...change,
  }
}

const signed = async (change: Partial<Alert> = {}): Promise<Alert> =>
  signRecord(anna, { ...(await content(change)), published_at: '2026-05-26T08:00:00Z', ...change })

const eventOf = (type: string, author: string, data: unknown): SignedEvent =>
  JSON.parse(
    JSON.stringify({
      schema_version: 1,
      event_id: '01KSXB3Q000000000000000000',
      lamport: 1,
      wall_clock: '2026-05-26T08:00:00.000Z',
      community_id: bert.nodeId,
      author,
      prev: null,
      event_type: type,
      data,
      signature: `ed25519:${'A'.repeat(86)}`,
    }),
  )

describe('regions', () => {
  it('hold each other by whole dotted parts (CIV-5)', () => {
    expect(within('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve')).toBe(true)
    expect(within('DE.NRW.Kleve', 'DE.NRW.Kleve')).toBe(true)
    expect(within('DE.NRW.Kleve2', 'DE.NRW.Kleve')).toBe(false)
    expect(within('DE.NRW', 'DE.NRW.Kleve')).toBe(false)
  })
})

describe('a certificate', () => {
  it('is good by itself when id, signature and dates are right (CIV-1)', async () => {
    await expect(checkCertificate(await certificate())).resolves.toBeUndefined()
  })

  it('is invalid with any byte changed, its id included (CIV-1)', async () => {
    const good = await certificate()
    const changes: Partial<Certificate>[] = [
      { role: 'DE.NRW.Kleve.KatS.Stabsleiter' },
      { region: 'DE.NRW.Kleve' },
      { holder: bert.nodeId },
      { expires_at: '2036-01-01T00:00:00Z' },
      { scopes: ['alert.publish', 'role.issue'] },
      { issuer_chain: [good.cert_id] },
    ]
    for (const change of changes) {
      await expect(checkCertificate({ ...good, ...change })).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
      const refreshed = { ...good, ...change }
      await expect(checkCertificate({ ...refreshed, cert_id: certIdOf(refreshed) })).rejects.toMatchObject({
        code: 'civdef_cert_invalid',
        data: { field: '/signature' },
      })
    }
  })

  it('that ends before it begins is invalid (CIV-1)', async () => {
    const late = await certificate({ expires_at: '2025-01-01T00:00:00Z' })
    await expect(checkCertificate(late)).rejects.toMatchObject({ data: { field: '/expires_at' } })
  })
})

describe('an alert', () => {
  it('is good by itself with its own signature and a co-signature over its content (CIV-4, CIV-7)', async () => {
    await expect(checkAlert(await signed())).resolves.toBeUndefined()
    const said = await content()
    const issuer_attestation = await signRecord(bert, {
      content_sha: contentSha(said),
      cosigner: bert.nodeId,
      cosigner_cert: (await certificate()).cert_id,
      cosigned_at: '2026-05-26T07:59:00Z',
    })
    await expect(checkAlert(await signed({ issuer_attestation }))).resolves.toBeUndefined()
    const other = await signed({ issuer_attestation, title: 'Etwas anderes' })
    await expect(checkAlert(other)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it.each<[string, Partial<Alert>, string]>([
    ['a title of two lines', { title: 'a\nb' }, 'bad_request'],
    ['a body that turns the line around', { body: 'ab\u202ecd' }, 'bad_request'],
    ['an end before its beginning', { expires_at: '2026-05-26T07:00:00Z' }, 'bad_request'],
    ['a life of a month', { expires_at: '2026-06-26T07:00:00Z' }, 'bad_request'],
    ['one language twice', { variants: [{ language: 'de-DE', title: 'a', body: 'b', instructions: [] }] }, 'bad_request'],
    ['itself replaced', { replaces: '01KSXB3Q000000000000000000' as Ulid }, 'bad_request'],
  ])('with %s is refused', async (_what, change, code) => {
    await expect(checkAlert(await signed(change))).rejects.toMatchObject({ code })
  })

  it('with an area that is open, flat or upside down is civdef_alert_target_invalid (CIV-4)', async () => {
    const target = (await content()).target
    const a = { lat: 51, lon: 6 }
    const b = { lat: 52, lon: 6 }
    const c = { lat: 52, lon: 7 }
    const shapes = [
      { polygon: [a, b, c, { lat: 51, lon: 6.5 }] },
      { polygon: [a, b, b, a] },
      { bbox: { west: 6, south: 52, east: 7, north: 51 } },
      { roles: ['DE.NRW', 'DE.NRW'] },
    ]
    for (const shape of shapes) {
      const alert = await signed({ target: { ...target, ...shape } })
      await expect(checkAlert(alert), JSON.stringify(shape)).rejects.toMatchObject({ code: 'civdef_alert_target_invalid' })
    }
    await expect(checkAlert(await signed({ target: { ...target, polygon: [a, b, c, a] } }))).resolves.toBeUndefined()
  })
})

describe('events', () => {
  it('carry records of their own author and refuse those of others (CIV-7)', async () => {
    const alert = await signed()
    await expect(alertPublished.check(eventOf('civdef.alert.published', anna.nodeId, { alert }))).resolves.toBeUndefined()
    await expect(alertPublished.check(eventOf('civdef.alert.published', bert.nodeId, { alert }))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
    await expect(alertPublished.check(eventOf('civdef.alert.published', anna.nodeId, {}))).rejects.toMatchObject({
      code: 'bad_request',
    })
    const cancellation = await signRecord(anna, {
      alert_id: alert.alert_id,
      cancelled_by: anna.nodeId,
      canceller_cert: alert.publisher_cert,
      cancelled_at: '2026-05-26T09:00:00Z',
      reason: 'Pegel fällt',
      all_clear: true,
    })
    const event = eventOf('civdef.alert.cancelled', anna.nodeId, { cancellation })
    await expect(alertCancelled.check(event)).resolves.toBeUndefined()
    const forged = eventOf('civdef.alert.cancelled', anna.nodeId, { cancellation: { ...cancellation, all_clear: false } })
    await expect(alertCancelled.check(forged)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('never carry an alert for roles in the clear (CIV-6)', async () => {
    const { target } = await content()
    const alert = await signed({ target: { ...target, roles: ['DE.NRW.Kleve.THW'] } })
    await expect(alertPublished.check(eventOf('civdef.alert.published', anna.nodeId, { alert }))).rejects.toMatchObject({
      data: { field: '/alert/target/roles' },
    })
  })

  it('forward alerts of other communities, never in a circle', async () => {
    const data = { alert: await signed(), certificates: [await certificate()], path: [anna.nodeId] }
    await expect(alertForwarded.check(eventOf('civdef.alert.forwarded', anna.nodeId, data))).resolves.toBeUndefined()
    const circle = { ...data, path: [anna.nodeId, bert.nodeId] }
    await expect(alertForwarded.check(eventOf('civdef.alert.forwarded', anna.nodeId, circle))).rejects.toMatchObject({
      data: { field: '/path' },
    })
  })

  it('register only certificates that are whole (CIV-1)', async () => {
    const good = await certificate()
    const event = eventOf('civdef.role.registered', anna.nodeId, { certificate: good, chain: [{ ...good, title: 'x' }] })
    await expect(roleRegistered.check(event)).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
  })
})
