import { describe, expect, it } from 'vitest'
import type { Cancellation } from '#protocol/civdef/alert.ts'
import { alertCancel, alertGet, alertPublish, auditExport, roleRegister } from '#protocol/civdef/capabilities.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { CIVDEF_FORWARD_MAX_HOPS } from '#protocol/civdef/constants.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { forwardExport, forwardImport, HandOverSchema } from '#protocol/civdef/exchange-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'
import { verifyAuditExport } from '../audit/standalone.ts'
import { fromPaper, toPaper } from '../desk/paper.ts'
import type { HandOver } from './hand-over.ts'

const DAY = 86_400_000
const REGION = 'DE.NRW.Kleve.Issum'

interface Place {
  readonly village: Village
  readonly founder: Villager
  readonly neighbour: Villager
}

async function place(seed: number): Promise<Place> {
  const village = createVillage(seed)
  const [founder, neighbour] = await village.settle(`Gründerin ${seed}`, `Nachbar ${seed}`)
  if (!founder || !neighbour) throw new TypeError('two people')
  for (const { node } of [founder, neighbour]) {
    await node.bus.call(configSet, { civdef: { enabled: true, municipality: REGION } })
  }
  return { village, founder, neighbour }
}

/** Issum publishes; Geldern and Xanten are communities of their own that trust the same root. */
async function scene(seed: number) {
  const [issum, geldern, xanten] = [await place(seed), await place(seed + 1), await place(seed + 2)]
  const { founder, village } = issum
  for (const one of [issum, geldern, xanten]) {
    await one.founder.node.bus.call(rootSet, { root: founder.id, name: 'Kreis Kleve', region: 'DE.NRW.Kleve' })
  }
  const content = {
    holder: founder.id,
    role: `${REGION}.Feuerwehr.Wehrleiter`,
    region: REGION,
    issuer: founder.id,
    issuer_chain: [],
    issued_at: secondsTime(village.runtime.now() - DAY),
    expires_at: secondsTime(village.runtime.now() + 90 * DAY),
    scopes: ['alert.publish' as const],
    title: 'Wehrleiterin Issum',
  }
  const certificate: Certificate = await signRecord(founder.signer, { ...content, cert_id: certIdOf(content) })
  await founder.node.bus.call(roleRegister, { certificate, chain: [] })
  const publish = async (channels: readonly ('local' | 'federation')[] = ['local', 'federation']): Promise<Ulid> => {
    const { alert_id } = await founder.node.bus.call(alertPublish, {
      draft: {
        severity: 'warning',
        language: 'de-DE',
        title: 'Hochwasser an der Issumer Fleuth',
        body: 'Der Pegel steigt.',
        instructions: [],
        variants: [],
        target: { region: REGION, roles: [], channels: [...channels] },
        expires_at: secondsTime(village.runtime.now() + DAY / 2),
        publisher_cert: certificate.cert_id,
        drill: false,
      },
    })
    return alert_id
  }
  return { issum, geldern, xanten, certificate, publish }
}

const leave = async ({ node }: Villager, key: string): Promise<string> => (await node.bus.call(forwardExport, { key })).text
const arrive = ({ node }: Villager, text: string, keep = true) => node.bus.call(forwardImport, { text, keep })
const changed = async (text: string, change: (brought: HandOver) => HandOver): Promise<string> =>
  toPaper('forwarded_alert', change(await fromPaper('forwarded_alert', text, HandOverSchema)))

describe('an alert for another community', () => {
  it('crosses by hand with its certificates, is judged there, shown as coming from elsewhere, and goes on from there (CIV-7)', async () => {
    const { issum, geldern, xanten, publish } = await scene(101)
    const key = await publish()
    const text = await leave(issum.founder, key)
    // what a QR code holds at its largest, alphanumeric
    expect(text).toMatch(/^HN1:F:[A-Z2-7]+$/)
    expect(text.length).toBeLessThan(4296)

    const look = await arrive(geldern.founder, text, false)
    expect(look).toMatchObject({ kept: false, decision: { delivery: 'notify' }, path: [issum.founder.id] })
    expect(await arrive(geldern.founder, text)).toMatchObject({ kept: true })
    expect(await arrive(geldern.founder, text)).toMatchObject({ kept: false })
    await geldern.village.until('the other one has it', () =>
      geldern.neighbour.node.bus.call(alertGet, { key }).then(
        () => true,
        () => false,
      ),
    )
    const { record, certificates } = await geldern.neighbour.node.bus.call(alertGet, { key })
    expect(record).toMatchObject({ origin: 'forwarded', state: 'active', path: [issum.founder.id] })
    expect(certificates).toMatchObject([{ state: 'good', certificate: { title: 'Wehrleiterin Issum' } }])
    expect((await geldern.neighbour.node.bus.call(alertExplain, { key })).delivery).toBe('notify')

    const on = await geldern.founder.node.bus.call(forwardExport, { key })
    expect(on.hop).toBe(2)
    expect(await arrive(xanten.founder, on.text)).toMatchObject({ kept: true, path: [issum.founder.id, geldern.founder.id] })
    const { content } = await xanten.village.during(xanten.founder.node.bus.call(auditExport, { format: 'jsonl' }))
    expect(await verifyAuditExport(content)).toMatchObject({ sound: true, entries: 1, records: 1 })
    expect(content).toContain('"event":"forwarded","hop":2')
  })

  it('takes its end along, and an end that came later is brought again (CIV-8, CIV-10)', async () => {
    const { issum, geldern, certificate, publish } = await scene(111)
    const key = await publish()
    await arrive(geldern.founder, await leave(issum.founder, key))
    const end = { alert_id: key, cert_id: certificate.cert_id, reason: 'Pegel fällt', all_clear: true }
    await issum.founder.node.bus.call(alertCancel, end)
    const text = await leave(issum.founder, key)
    expect(await arrive(geldern.founder, text)).toMatchObject({ kept: true, decision: { delivery: 'list' } })
    const { record } = await geldern.founder.node.bus.call(alertGet, { key })
    expect(record).toMatchObject({ state: 'cancelled', cancellation: { all_clear: true } })
    expect((await arrive(geldern.founder, text)).kept).toBe(false)
  })

  it('is not ended by somebody who may not, whatever is brought with it (CIV-10)', async () => {
    const { issum, geldern, certificate, publish } = await scene(121)
    const key = await publish()
    const forged: Cancellation = await signRecord(issum.neighbour.signer, {
      alert_id: key,
      cancelled_by: issum.neighbour.id,
      canceller_cert: certificate.cert_id,
      cancelled_at: secondsTime(issum.village.runtime.now()),
      reason: 'nichts da',
      all_clear: true,
    })
    const text = await changed(await leave(issum.founder, key), (one) => ({ ...one, cancellation: forged }))
    expect(await arrive(geldern.founder, text)).toMatchObject({ decision: { delivery: 'notify' } })
    const { record } = await geldern.founder.node.bus.call(alertGet, { key })
    expect(record.state).toBe('active')
  })

  it('goes round no circle and no further than eight communities (section 8)', async () => {
    const { issum, geldern, publish } = await scene(131)
    const key = await publish()
    const text = await leave(issum.founder, key)
    const refused = { code: 'bad_request', data: { field: '/path' } }
    await expect(arrive(issum.neighbour, text)).rejects.toMatchObject(refused)
    const from = (n: number) => Array.from({ length: n }, (_, at) => `ed25519:${String(at).padStart(42, 'A')}A` as NodeId)
    const withPath = (path: NodeId[]) => changed(text, (one) => ({ ...one, path }))
    await expect(arrive(geldern.founder, await withPath([]))).rejects.toMatchObject(refused)
    const [a] = from(1)
    if (!a) throw new TypeError('one')
    await expect(arrive(geldern.founder, await withPath([a, a]))).rejects.toMatchObject(refused)
    await expect(arrive(geldern.founder, await withPath([a, geldern.founder.id]))).rejects.toMatchObject(refused)
    await expect(arrive(geldern.founder, await withPath(from(CIVDEF_FORWARD_MAX_HOPS + 1)))).rejects.toMatchObject({
      code: 'bad_request',
    })
    expect((await arrive(geldern.founder, await withPath(from(CIVDEF_FORWARD_MAX_HOPS)))).kept).toBe(true)
    await expect(leave(geldern.founder, key)).rejects.toMatchObject(refused)
  })

  it('does not leave where its publisher did not send it, and nobody brings one for roles in clear (CIV-6)', async () => {
    const { issum, geldern, publish } = await scene(141)
    await expect(leave(issum.founder, await publish(['local']))).rejects.toMatchObject({
      code: 'civdef_alert_target_invalid',
    })
    const text = await changed(await leave(issum.founder, await publish()), (one) => ({
      ...one,
      alert: { ...one.alert, target: { ...one.alert.target, roles: ['DE.NRW.Kleve.THW'] } },
    }))
    await expect(arrive(geldern.founder, text)).rejects.toMatchObject({ code: 'civdef_alert_target_invalid' })
  })

  it('is refused when a word, a certificate or the code was changed, or nobody here trusts its root (CIV-7)', async () => {
    const { issum, geldern, publish } = await scene(151)
    const stranger = await place(159)
    const text = await leave(issum.founder, await publish())
    const words = await changed(text, (one) => ({ ...one, alert: { ...one.alert, title: 'Alles gut' } }))
    await expect(arrive(geldern.founder, words)).rejects.toMatchObject({ code: 'invalid_signature' })
    const role = await changed(text, (one) => ({
      ...one,
      certificates: one.certificates.map((each) => ({ ...each, title: 'Landrat' })),
    }))
    await expect(arrive(geldern.founder, role)).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
    await expect(arrive(geldern.founder, `${text.slice(0, -4)}AAAA`)).rejects.toMatchObject({ code: 'bad_request' })
    await expect(arrive(geldern.founder, 'HN1:F:')).rejects.toMatchObject({ code: 'bad_request' })
    expect(await arrive(stranger.founder, text, false)).toMatchObject({ decision: { delivery: 'refuse' } })
    await expect(arrive(stranger.founder, text)).rejects.toMatchObject({
      ...{ code: 'civdef_cert_invalid', data: { rule: 'certificate' } },
    })
  })
})
