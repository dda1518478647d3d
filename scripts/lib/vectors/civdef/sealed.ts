import { x25519 } from '@noble/curves/ed25519.js'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import { fromBase64Url, toBase64Url, toHex, utf8 } from '#protocol/core/encoding.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import type { VectorSource } from '../format.ts'
import { bytesOf, type People } from '../seeded.ts'
import { alertBy, type BrigadeCerts, contentBy, REGION } from './make.ts'

// Sealed here by another library than the node's, from fixed keys, so that the file is the same every time.

type Bytes = Uint8Array<ArrayBuffer>
const TAG = 'x25519:'
const ZEROS = new Uint8Array(12)
const secretOf = (label: string): Bytes => bytesOf(`civdef box key ${label}`, 32)
const boxKeyOf = (secret: Bytes): string => TAG + toBase64Url(new Uint8Array(x25519.getPublicKey(secret)))

async function gcm(key: Bytes, bound: string, text: Uint8Array<ArrayBuffer>): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt'])
  const algorithm = { name: 'AES-GCM', iv: ZEROS, additionalData: utf8(bound) }
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, text))
}

async function wrap(secret: Bytes, theirs: string, alertId: string, bound: string, key: Bytes): Promise<string> {
  const shared = new Uint8Array(x25519.getSharedSecret(secret, fromBase64Url(theirs.slice(TAG.length))))
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits'])
  const info = utf8(['hearthnet/civdef/sealed/v1', boxKeyOf(secret), theirs, alertId].join('\n'))
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }
  return toBase64Url(await gcm(new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256)), bound, key))
}

/** CIV-6: alerts that only holders of a role read. */
export async function sealed(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { carla, stranger } = all
  const roles = ['DE.NRW.Kleve.THW']
  const inside = await alertBy(carla, {
    ...contentBy(all, certs),
    title: 'Nur für das THW',
    target: { region: REGION, roles, channels: ['local'] },
  })
  const [ephemeral, first, second, other] = ['ephemeral', 'first', 'second', 'other'].map(secretOf) as [
    Bytes,
    Bytes,
    Bytes,
    Bytes,
  ]
  const outside = {
    alert_id: inside.alert_id,
    region: REGION,
    roles,
    expires_at: inside.expires_at,
    drill: false,
  }
  const key = bytesOf('civdef content key', 32)
  const boundBy = (said: typeof outside): string =>
    [said.alert_id, said.region, said.roles.join(' '), said.expires_at, String(said.drill)].join('\n')

  async function envelope(change: Partial<typeof outside> = {}, alert: object = inside, signer = carla) {
    const said = { ...outside, ...change }
    const bound = boundBy(said)
    const keys = await Promise.all(
      [first, second].map(async (secret) => {
        const box_key = boxKeyOf(secret)
        return { box_key, wrapped: await wrap(ephemeral, box_key, said.alert_id, bound, key) }
      }),
    )
    const ciphertext = toBase64Url(await gcm(key, bound, canonicalBytes(alert)))
    return signRecord(signer, {
      ...said,
      publisher: carla.nodeId,
      publisher_cert: certs.lead.cert_id,
      ephemeral: boxKeyOf(ephemeral),
      keys,
      ciphertext,
    })
  }
  const right = await envelope()
  const resigned = async (change: object) => {
    const { signature: _, ...record } = right
    return signRecord(carla, { ...record, ...change })
  }
  const open = (record: object, secret: Bytes = first) => ({ sealed: record, secret_hex: toHex(secret) })
  const [one, two] = right.keys
  const no = (name: string, catches: string, record: object, error = 'bad_request', secret = first) =>
    bad(name, catches, open(record, secret), error)
  return {
    name: 'sealed',
    operation: 'civdef.open',
    rule: 'CIV-6',
    about: 'An alert for roles as a holder opens it: `secret_hex` is the private half of a box key (X25519).',
    vectors: [
      good('the first holder', 'Reads the alert', open(right), { title: 'Nur für das THW' }),
      good('the second holder', 'Reads the same alert', open(right, second), { title: 'Nur für das THW' }),
      good('somebody else', 'Reads nothing', open(right, other), { title: null }),
      no('another signature', 'who sealed it is not checked', await envelope({}, inside, stranger), 'invalid_signature'),
      no('the envelope changed after signing', 'the outside is not signed', { ...right, drill: true }, 'invalid_signature'),
      no('the outside made a drill and signed anew', 'the outside is not bound to the inside', await resigned({ drill: true })),
      no('another region outside', 'the outside is not bound to the inside', await resigned({ region: 'DE.NRW.Kleve' })),
      no(
        'another end outside',
        'the outside is not bound to the inside',
        await resigned({ expires_at: '2026-05-27T08:00:00Z' }),
      ),
      no(
        'wrapped keys exchanged',
        'a wrapped key is not bound to its holder',
        await resigned({
          keys: [
            { box_key: one?.box_key, wrapped: two?.wrapped },
            { box_key: two?.box_key, wrapped: one?.wrapped },
          ],
        }),
      ),
      no(
        'one bit of the text turned',
        'the text is not authenticated',
        await resigned({
          ciphertext: `${right.ciphertext.startsWith('A') ? 'B' : 'A'}${right.ciphertext.slice(1)}`,
        }),
      ),
      no(
        'an ephemeral key of zeros',
        'keys of small order are taken',
        await resigned({ ephemeral: `${TAG}${'A'.repeat(43)}` }),
      ),
      no(
        'another alert inside than the outside says',
        'the inside is not compared',
        await envelope(
          {},
          await alertBy(carla, {
            ...contentBy(all, certs),
            target: { region: REGION, roles, channels: ['local'] },
            drill: true,
          }),
        ),
      ),
      no('an alert for other roles inside', 'the inside is not compared', await envelope({ roles: ['DE.NRW.Kleve.DRK'] })),
      no('the text of something else inside', 'whatever opens is an alert', await envelope({}, { hello: 'world' })),
      no('no holder', 'an empty list is everybody', await resigned({ keys: [] }), 'schema_mismatch'),
      no('no role', 'an empty list is everybody', await resigned({ roles: [] }), 'schema_mismatch'),
    ],
  }
}
