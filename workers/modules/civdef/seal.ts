import { type Alert, AlertSchema, type SealedAlert } from '#protocol/civdef/alert.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { CIVDEF_SEALED_MAX_HOLDERS } from '#protocol/civdef/constants.ts'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import { concatBytes, fromBase64Url, toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'

// CIV-6: one random key encrypts the alert, and is wrapped once per holder. A node that only passes it on can read for whom it
// is and until when, and nothing of what it says.

type Bytes = Uint8Array<ArrayBuffer>
const TAG = 'x25519:'
const INFO = utf8('hearthnet/civdef/sealed/v1')
/** Each key encrypts one thing once, so its nonce may stand still. */
const NONCE = new Uint8Array(12)

/** A holder's key pair for role-restricted alerts. The private half never leaves its CryptoKey. */
export interface BoxKeys {
  readonly boxKey: string
  readonly privateKey: CryptoKey
}

/** @param publicKey 32 bytes */
export const boxKeyOf = (publicKey: Uint8Array): string => TAG + toBase64Url(publicKey)

const exported = async (key: CryptoKey): Promise<string> => boxKeyOf(new Uint8Array(await crypto.subtle.exportKey('raw', key)))

const publicKeyOf = (boxKey: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', fromBase64Url(boxKey.slice(TAG.length)), { name: 'X25519' }, true, [])

/** What two sides agree on, bound to both public keys and to this one alert. */
async function wrappingKey(
  own: CryptoKey,
  theirs: string,
  ephemeral: string,
  holder: string,
  alertId: string,
): Promise<CryptoKey> {
  const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: await publicKeyOf(theirs) }, own, 256)
  if (new Uint8Array(shared).every((byte) => byte === 0)) throw new HearthError('bad_request', 'a key of small order')
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const info = concatBytes(INFO, utf8(`\n${ephemeral}\n${holder}\n${alertId}`))
  const kdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }
  return crypto.subtle.deriveKey(kdf, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

const aes = (bound: string) => ({ name: 'AES-GCM', iv: NONCE, additionalData: utf8(bound) })

/** Everything outside the ciphertext, so that none of it can be exchanged. */
const boundTo = ({
  alert_id,
  region,
  roles,
  expires_at,
  drill,
}: Pick<SealedAlert, 'alert_id' | 'region' | 'roles' | 'expires_at' | 'drill'>): string =>
  [alert_id, region, roles.join(' '), expires_at, String(drill)].join('\n')

export interface SealInput {
  readonly alert: Alert
  /** Good certificates for one of the alert's roles, each with a box key. */
  readonly holders: readonly Certificate[]
  /** The publisher's own box key: who wrote it can read it. */
  readonly own: string
  readonly signer: Signer
  readonly randomBytes: (length: number) => Bytes
}

/**
 * Encrypts an alert to the holders of its roles. The alert inside keeps its own signature.
 * @throws HearthError `civdef_alert_target_invalid` where nobody could read it, `capacity_exceeded` for more holders than fit
 */
export async function sealAlert({ alert, holders, own, signer, randomBytes }: SealInput): Promise<SealedAlert> {
  const theirs = holders.flatMap(({ box_key }) => box_key ?? [])
  if (theirs.length === 0) {
    throw new HearthError('civdef_alert_target_invalid', 'no holder of these roles has a key', {
      data: { field: '/target/roles' },
    })
  }
  const keys = [...new Set([...theirs, own])]
  if (keys.length > CIVDEF_SEALED_MAX_HOLDERS) throw new HearthError('capacity_exceeded', 'more holders than one alert takes')
  const pair = (await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])) as CryptoKeyPair
  const ephemeral = await exported(pair.publicKey)
  const secret = randomBytes(32)
  const outside = {
    alert_id: alert.alert_id,
    region: alert.target.region,
    roles: alert.target.roles,
    expires_at: alert.expires_at,
    drill: alert.drill,
  }
  const bound = boundTo(outside)
  const wrapped = await Promise.all(
    keys.map(async (box_key) => {
      const key = await wrappingKey(pair.privateKey, box_key, ephemeral, box_key, alert.alert_id)
      const bytes = new Uint8Array(await crypto.subtle.encrypt(aes(bound), key, secret))
      return { box_key, wrapped: toBase64Url(bytes) }
    }),
  )
  const content = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt'])
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(aes(bound), content, canonicalBytes(alert)))
  return signRecord(signer, {
    ...outside,
    publisher: alert.publisher,
    publisher_cert: alert.publisher_cert,
    ephemeral,
    keys: wrapped,
    ciphertext: toBase64Url(ciphertext),
  })
}

/**
 * The alert inside, for a holder of one of the keys; null for everyone else. Its own signature is for `checkAlert` to judge.
 * @throws HearthError `bad_request` where what is inside is not what the outside says
 */
export async function openSealed(sealed: SealedAlert, { boxKey, privateKey }: BoxKeys): Promise<Alert | null> {
  const own = sealed.keys.find(({ box_key }) => box_key === boxKey)
  if (!own) return null
  const bound = boundTo(sealed)
  let text: Bytes
  try {
    const key = await wrappingKey(privateKey, sealed.ephemeral, sealed.ephemeral, boxKey, sealed.alert_id)
    const secret = await crypto.subtle.decrypt(aes(bound), key, fromBase64Url(own.wrapped))
    const content = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt'])
    text = new Uint8Array(await crypto.subtle.decrypt(aes(bound), content, fromBase64Url(sealed.ciphertext)))
  } catch (cause) {
    throw new HearthError('bad_request', 'the sealed alert does not open', { cause })
  }
  const alert = parseAs(AlertSchema, parseJson(text), 'bad_request')
  const same =
    alert.alert_id === sealed.alert_id && alert.publisher === sealed.publisher && alert.publisher_cert === sealed.publisher_cert
  const outside = boundTo({ ...alert, region: alert.target.region, roles: alert.target.roles })
  if (!same || outside !== bound) throw new HearthError('bad_request', 'what is inside is not what the outside says')
  return alert
}
