import { beforeAll, describe, expect, it } from 'vitest'
import { checkAlert, checkSealed, type SealedAlert, SealedAlertSchema } from '#protocol/civdef/alert.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { matches } from '#protocol/core/schema.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { createKeys } from '../../kernel/keys.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createBoxKeyHolder } from './box-key.ts'
import { type BoxKeys, openSealed, sealAlert } from './seal.ts'
import { type Brigade, createBrigade } from './testing/brigade.ts'

const createBoxKeys = (): Promise<BoxKeys> => createBoxKeyHolder({ keys: createKeys(createMemoryStore()) }).keys()

let b: Brigade
let anna: BoxKeys
let bert: BoxKeys
let stranger: BoxKeys
let publisher: BoxKeys
beforeAll(async () => {
  b = await createBrigade()
  anna = await createBoxKeys()
  bert = await createBoxKeys()
  stranger = await createBoxKeys()
  publisher = await createBoxKeys()
})

const TARGET = { region: 'DE.NRW.Kleve.Issum', roles: ['DE.NRW.Kleve.THW'], channels: ['local' as const] }
const holderWith = (box_key: string): Certificate => ({ ...b.zugCert, box_key })

async function sealed() {
  const alert = await b.alert({ target: TARGET, title: 'Nur für das THW' })
  const holders = [holderWith(anna.boxKey), holderWith(bert.boxKey)]
  const { randomBytes } = createSeededRuntime(1)
  return { alert, envelope: await sealAlert({ alert, holders, own: publisher.boxKey, signer: b.wehr, randomBytes }) }
}

describe('an alert for roles', () => {
  it('is read by each holder and by who wrote it, whole and with its own signature (CIV-6)', async () => {
    const { alert, envelope } = await sealed()
    expect(matches(SealedAlertSchema, envelope)).toBe(true)
    await checkSealed(envelope)
    for (const keys of [anna, bert, publisher]) {
      const opened = await openSealed(envelope, keys)
      expect(opened).toEqual(alert)
      if (opened) await checkAlert(opened)
    }
  })

  it('tells whoever only passes it on for whom it is, and none of its words (CIV-6)', async () => {
    const { envelope } = await sealed()
    expect(await openSealed(envelope, stranger)).toBeNull()
    const text = JSON.stringify(envelope)
    expect(text).toContain('DE.NRW.Kleve.THW')
    for (const word of ['Nur für', 'Pegel', 'Keller']) expect(text).not.toContain(word)
  })

  it('does not open for somebody who puts their own key in a holder’s place (CIV-6)', async () => {
    const { envelope } = await sealed()
    const [first, ...rest] = envelope.keys
    if (!first) throw new TypeError('two keys')
    const swapped = { ...envelope, keys: [{ ...first, box_key: stranger.boxKey }, ...rest] }
    await expect(openSealed(swapped, stranger)).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('cannot be given another target, end or content, even by whoever signs the outside anew (CIV-6)', async () => {
    const { envelope } = await sealed()
    const { signature: _, ...bare } = envelope
    const changes: Partial<SealedAlert>[] = [
      { region: 'DE.NRW.Kleve' },
      { roles: ['DE.NRW'] },
      { drill: true },
      { expires_at: '2026-05-30T08:00:00Z' },
      { ciphertext: `${envelope.ciphertext.slice(0, -2)}AA` },
      { publisher: b.stranger.nodeId },
    ]
    for (const change of changes) {
      const forged = await signRecord(b.stranger, { ...bare, ...change })
      await expect(openSealed(forged, anna), JSON.stringify(change)).rejects.toMatchObject({ code: 'bad_request' })
    }
  })

  it('that nobody could read is not sealed', async () => {
    const alert = await b.alert({ target: TARGET })
    const { randomBytes } = createSeededRuntime(1)
    await expect(
      sealAlert({ alert, holders: [b.zugCert], own: publisher.boxKey, signer: b.wehr, randomBytes }),
    ).rejects.toMatchObject({
      code: 'civdef_alert_target_invalid',
    })
  })

  it('is sealed with a new key each time', async () => {
    const [one, two] = [await sealed(), await sealed()]
    expect(one.envelope.ephemeral).not.toBe(two.envelope.ephemeral)
  })
})
