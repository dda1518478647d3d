import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  auditCheckpoint,
  auditDelete,
  auditRestart,
  auditState,
  auditVerify,
  auditWitness,
} from '#protocol/civdef/audit-capabilities.ts'
import { alertAck, alertCancel, alertPublish, auditExport, roleRegister } from '#protocol/civdef/capabilities.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { createVillage, type Village, type Villager } from '../../../testing/village.ts'
import { verifyAuditExport } from './standalone.ts'

const DAY = 86_400_000

interface Station {
  readonly village: Village
  readonly wehr: Villager
  readonly others: readonly Villager[]
  readonly certificate: Certificate
  publish(change?: { readonly drill?: boolean; readonly title?: string }, who?: Villager): Promise<string>
}

/** A root that is also the fire service of Issum, and neighbours. */
async function station(seed: number, ...names: readonly string[]): Promise<Station> {
  const village = createVillage(seed)
  const [wehr, ...others] = await village.settle('Wehr', ...names)
  if (!wehr) throw new TypeError('somebody lives here')
  for (const { node } of [wehr, ...others]) await node.bus.call(configSet, { civdef: { enabled: true } })
  await wehr.node.bus.call(rootSet, { root: wehr.id, name: 'Kreis Kleve', region: 'DE.NRW.Kleve' })
  const content = {
    holder: wehr.id,
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter',
    region: 'DE.NRW.Kleve.Issum',
    issuer: wehr.id,
    issuer_chain: [],
    issued_at: secondsTime(village.runtime.now() - DAY),
    expires_at: secondsTime(village.runtime.now() + 90 * DAY),
    scopes: ['alert.publish' as const],
    title: 'Wehrleiterin Issum',
  }
  const certificate = await signRecord(wehr.signer, { ...content, cert_id: certIdOf(content) })
  await wehr.node.bus.call(roleRegister, { certificate, chain: [] })
  return {
    ...{ village, wehr, others, certificate },
    async publish({ drill = false, title = 'Hochwasser an der Issumer Fleuth' } = {}, who = wehr) {
      const { alert_id } = await who.node.bus.call(alertPublish, {
        draft: {
          severity: 'warning',
          language: 'de-DE',
          title,
          body: 'Der Pegel steigt.\nKeller meiden.',
          instructions: ['Keller meiden', 'Radio an'],
          variants: [],
          target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local'] },
          expires_at: secondsTime(village.runtime.now() + DAY / 2),
          publisher_cert: certificate.cert_id,
          drill,
        },
      })
      return alert_id
    },
  }
}

const stateOf = ({ node }: Villager) => node.bus.call(auditState, {})

/** Every stream of a PDF, as text. */
const streamsOf = (pdf: Uint8Array): string[] => {
  const bytes = Buffer.from(pdf)
  const out: string[] = []
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at)) {
    const end = bytes.indexOf('\nendstream', at)
    out.push(inflateSync(bytes.subarray(at + 7, end)).toString('utf8'))
    at = end + 10
  }
  return out
}
const wordsOf = (stream: string): string =>
  [...stream.matchAll(/\((.*?)(?<!\\)\) Tj/g)]
    .map(([, text = '']) => text.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
    .join('\n')

describe('checkpoints', () => {
  it('make themselves after a quiet time, are witnessed by who is near, and one is not made for itself (AUD-2, AUD-3)', async () => {
    const { village, wehr, others, publish } = await station(81, 'Ada', 'Bert')
    await publish()
    expect((await stateOf(wehr)).checkpoint).toBeNull()
    await village.until('a checkpoint with both', async () => (await stateOf(wehr)).checkpoint?.witnesses.length === 2)
    const { checkpoint, entries } = await stateOf(wehr)
    expect(checkpoint?.size).toBe(2)
    expect([...(checkpoint?.witnesses ?? [])].sort()).toEqual(others.map(({ id }) => id).sort())
    // its own word in the chain is no reason for another
    await village.runtime.advance(10 * 60_000)
    expect(await stateOf(wehr)).toMatchObject({ entries, checkpoint: { size: 2 } })
  })

  it('do not wait for quiet where much happens (AUD-2)', async () => {
    const { village, wehr, publish } = await station(82)
    for (let n = 0; n < 33; n++) await publish({ title: `Pegel ${n}` })
    await village.runtime.advance(1)
    expect((await stateOf(wehr)).checkpoint?.size).toBeGreaterThanOrEqual(32)
  })

  it('find their witness later, when nobody was near (AUD-3)', async () => {
    const { village, wehr, others, publish } = await station(83, 'Ada')
    const [ada] = others
    await ada?.node.bus.call(configSet, { civdef: { enabled: false } })
    await publish()
    await village.until('a checkpoint', async () => (await stateOf(wehr)).checkpoint !== null)
    await village.runtime.advance(5 * 60_000)
    expect((await stateOf(wehr)).checkpoint?.witnesses).toEqual([])
    await ada?.node.bus.call(configSet, { civdef: { enabled: true } })
    await village.until('Ada', async () => (await stateOf(wehr)).checkpoint?.witnesses.length === 1, 3600)
    const { content } = await wehr.node.bus.call(auditExport, { format: 'jsonl' })
    expect((await verifyAuditExport(content)).witnesses).toEqual([ada?.id])
  })

  it('are asked of seven at most, whoever they are (AUD-3)', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `Nachbar ${n}`)
    const { village, wehr, publish } = await station(84, ...names)
    await publish()
    const { witnesses } = await village.during(wehr.node.bus.call(auditCheckpoint, {}))
    expect(witnesses).toHaveLength(7)
  })
})

describe('a chain that was changed on the disk', () => {
  /** One letter of the first entry. */
  async function damage({ store }: Villager): Promise<void> {
    const key = 'shelf.civdef.audit.0.0'
    const [first = '', ...rest] = (await store.get('meta', key)) as string[]
    await store.write([{ table: 'meta', key, value: [first.replace('role_registered', 'role_revoked'), ...rest] }])
  }

  it('blocks publishing, answering and ending, not reading; is exported as it is; and goes on after a deliberate word (AUD-4)', async () => {
    const s = await station(85, 'Ada')
    const alert_id = await s.publish()
    await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    await damage(s.wehr)
    const wehr = await s.village.restart(s.wehr)
    const broken = { code: 'civdef_audit_chain_broken' }
    expect(await stateOf(wehr)).toMatchObject({ blocked: true, report: { whole: false } })
    const { cert_id } = s.certificate
    await expect(s.publish({}, wehr)).rejects.toMatchObject(broken)
    const end = { alert_id: alert_id as never, cert_id, reason: 'vorbei', all_clear: true }
    await expect(wehr.node.bus.call(alertCancel, end)).rejects.toMatchObject(broken)
    const ack = { alert_id: alert_id as never, status: 'acting' as const, cert_id }
    await expect(wehr.node.bus.call(alertAck, ack)).rejects.toMatchObject(broken)
    await expect(wehr.node.bus.call(auditCheckpoint, {})).rejects.toMatchObject(broken)
    await expect(wehr.node.bus.call(auditDelete, { years: 10 })).rejects.toMatchObject(broken)

    const { content } = await wehr.node.bus.call(auditExport, { format: 'jsonl' })
    const before = await verifyAuditExport(content)
    expect(before.sound).toBe(false)
    expect(before.problems).toContainEqual({ fault: 'unsigned', line: 2, seq: 0 })

    await expect(wehr.node.bus.call(auditRestart, { reason: '' })).rejects.toMatchObject({ code: 'schema_mismatch' })
    await wehr.node.bus.call(auditRestart, { reason: 'Speicher beschädigt, geprüft von der Wehrleitung' })
    await s.publish({ title: 'Danach' }, wehr)
    expect(await stateOf(wehr)).toMatchObject({ blocked: false, earlier: 1 })
    const now = await s.village.during(wehr.node.bus.call(auditExport, { format: 'jsonl' }))
    expect(await verifyAuditExport(now.content)).toMatchObject({
      sound: true,
      caveats: expect.arrayContaining(['earlier_run']),
    })
    const then = await wehr.node.bus.call(auditExport, { format: 'jsonl', epoch: 0 })
    expect((await verifyAuditExport(then.content)).sound).toBe(false)
  })

  it('beyond reading is still exported, for machine and court, with the place where it broke (AUD-4, AUD-5)', async () => {
    const s = await station(93, 'Ada')
    await s.publish()
    await s.publish({ drill: true })
    await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    const key = 'shelf.civdef.audit.0.0'
    const [first = '', second = '', ...rest] = (await s.wehr.store.get('meta', key)) as string[]
    const texts = ['{"seq":', second.slice(0, 9), 'null', first, ...rest]
    await s.wehr.store.write([
      { table: 'meta', key, value: texts },
      { table: 'meta', key: 'shelf.civdef.audit.0.record.1', value: 'Kaffee' },
    ])
    const wehr = await s.village.restart(s.wehr)
    expect((await stateOf(wehr)).blocked).toBe(true)
    const { content } = await wehr.node.bus.call(auditExport, { format: 'jsonl' })
    const { sound, problems } = await verifyAuditExport(content)
    expect(sound).toBe(false)
    expect(problems).toContainEqual({ fault: 'no_entry', line: 2, seq: 0 })
    expect(problems).toContainEqual(expect.objectContaining({ fault: 'record_of_nothing' }))
    const printed = await wehr.node.bus.call(auditExport, { format: 'pdf' })
    const words = streamsOf(Buffer.from(printed.content, 'base64')).map(wordsOf).join('\n')
    expect(words).toContain('HÄLT DER PRÜFUNG NICHT STAND')
    expect(words).toContain('An der Stelle 0 steht kein Eintrag')
    const part = await wehr.node.bus.call(auditExport, { format: 'pdf', since: secondsTime(s.village.runtime.now() + DAY) })
    expect(part.entries).toBe(3)
  })

  it('is noticed by itself, when a witness saw more than there is (AUD-3, AUD-4)', async () => {
    const s = await station(86, 'Ada')
    await s.publish()
    await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    // back to the day before, checkpoint and all: the device itself cannot tell
    const { store } = s.wehr
    const [first = ''] = (await store.get('meta', 'shelf.civdef.audit.0.0')) as string[]
    await store.write([
      { table: 'meta', key: 'shelf.civdef.audit.0.0', value: [first] },
      { table: 'meta', key: 'shelf.civdef.audit', remove: true },
    ])
    const wehr = await s.village.restart(s.wehr)
    expect((await stateOf(wehr)).blocked).toBe(false)
    await s.village.until('it is found', async () => (await stateOf(wehr)).blocked)
    expect((await stateOf(wehr)).report?.breaks[0]?.fault).toMatch(/truncated|forked/)
  })

  it('is found by what the community’s log says of it, with no witness near (AUD-3)', async () => {
    const s = await station(87, 'Ada')
    await s.publish()
    await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    const { store } = s.wehr
    await s.others[0]?.node.stop()
    const [first = ''] = (await store.get('meta', 'shelf.civdef.audit.0.0')) as string[]
    await store.write([
      { table: 'meta', key: 'shelf.civdef.audit.0.0', value: [first] },
      { table: 'meta', key: 'shelf.civdef.audit', remove: true },
    ])
    const wehr = await s.village.restart(s.wehr)
    const report = await s.village.during(wehr.node.bus.call(auditVerify, { by: 'entries' }))
    expect(report.breaks).toContainEqual(expect.objectContaining({ fault: 'truncated' }))
  })
})

describe('an export', () => {
  it('has what entries are about, whole and in part, and a fresh checkpoint (AUD-5)', async () => {
    const s = await station(88, 'Ada')
    const alert_id = await s.publish()
    await s.wehr.node.bus.call(alertCancel, {
      ...{ alert_id: alert_id as never, cert_id: s.certificate.cert_id, reason: 'Pegel fällt', all_clear: true },
    })
    const { content, entries } = await s.village.during(s.wehr.node.bus.call(auditExport, { format: 'jsonl' }))
    expect(await verifyAuditExport(content)).toMatchObject({
      ...{ sound: true, entries: 3, records: 3, drills: 0, complete: true, certificates: 1 },
      caveats: ['newer'],
    })
    expect(entries).toBe(3)
    expect(content).toContain('"reason":"Pegel fällt"')
    const part = await s.village.during(s.wehr.node.bus.call(auditExport, { format: 'jsonl', alert_id: alert_id as never }))
    expect(await verifyAuditExport(part.content)).toMatchObject({ sound: true, entries: 2, complete: false })
  })

  it('marks drills entry by entry, and a mark that was taken away or put there is found (CIV-9)', async () => {
    const s = await station(89, 'Ada')
    const drill = await s.publish({ drill: true, title: 'Probealarm' })
    const { cert_id } = s.certificate
    await s.wehr.node.bus.call(alertAck, { alert_id: drill as never, status: 'acting', cert_id })
    await s.publish()
    const { content } = await s.village.during(s.wehr.node.bus.call(auditExport, { format: 'jsonl' }))
    expect(await verifyAuditExport(content)).toMatchObject({ sound: true, drills: 2, entries: 4 })
    for (const [from, to] of [
      ['"drill":true,"entry"', '"drill":false,"entry"'],
      ['"drill":false,"entry"', '"drill":true,"entry"'],
      ['"drill":true,"entry"', '"entry"'],
    ] as const) {
      const { problems } = await verifyAuditExport(content.replace(from, to))
      expect(problems.map(({ fault }) => fault)).toEqual(expect.arrayContaining(['drill_mark', 'drill_count']))
    }
  })

  it('for a court has a cover, each entry with its proof, certificates, checkpoints with witnesses, and the file inside (AUD-5)', async () => {
    const s = await station(90, 'Ada')
    const drill = await s.publish({ drill: true, title: 'Probealarm – „alle“ 🔥' })
    const { cert_id } = s.certificate
    await s.wehr.node.bus.call(alertAck, { alert_id: drill as never, status: 'acting', note: 'Größte Übung', cert_id })
    await s.publish()
    const answer = await s.village.during(s.wehr.node.bus.call(auditExport, { format: 'pdf' }))
    expect(answer).toMatchObject({ media_type: 'application/pdf', entries: 4 })
    expect(answer.file_name).toMatch(/^protokoll-\d{4}-\d\d-\d\d\.pdf$/)
    const streams = streamsOf(Buffer.from(answer.content, 'base64'))
    const inside = streams.find((text) => text.startsWith('{"'))
    expect(await verifyAuditExport(inside ?? '')).toMatchObject({ sound: true, entries: 4 })
    const words = streams.filter((text) => text.includes(') Tj ET')).map(wordsOf)
    const all = words.join('\n')
    for (const part of ['Was dieses Protokoll nicht zeigt', 'Ausweise', 'Prüfpunkte und ihre Zeugen', 'So prüfen Sie']) {
      expect(all).toContain(part)
    }
    expect(all).toContain('Größte Übung')
    expect(all).toContain('U+1F525')
    expect(all).toContain('Wehrleiterin Issum')
    expect(words[0]).toContain('ENTHÄLT ÜBUNG: 2 von 4')
    expect(all).toContain('ÜBUNG · Eintrag 1: Warnung veröffentlicht')
    expect(all).toContain('Eintrag 3: Warnung veröffentlicht')
    expect(all).not.toContain('ÜBUNG · Eintrag 3')
    expect(all).toContain(`Seite ${words.length} von ${words.length}`)
  })

  it('is not asked for by anybody but the person at the device', async () => {
    const { village, wehr, others } = await station(91, 'Ada')
    const [ada] = others
    if (!ada) throw new TypeError('a neighbour')
    const asked = ada.node.bus.call(auditExport, { format: 'jsonl' }, { to: wehr.id })
    await expect(village.during(asked)).rejects.toMatchObject({ code: 'unauthorized' })
    const told = ada.node.bus.call(auditWitness, { note: 'x', old_size: 0, proof: [] }, { to: wehr.id })
    await expect(village.during(told)).rejects.toMatchObject({ code: 'bad_request' })
  })
})

describe('deletion after the time', () => {
  it('takes the years from a person, and only the configured ones (AUD-6)', async () => {
    const { village, wehr, publish } = await station(92)
    await publish()
    await village.during(wehr.node.bus.call(auditCheckpoint, {}))
    await expect(wehr.node.bus.call(auditDelete, { years: 1 })).rejects.toMatchObject({ code: 'bad_request' })
    expect((await wehr.node.bus.call(auditDelete, { years: 10 })).deleted).toBe(0)
    expect((await stateOf(wehr)).expired).toBe(0)
    await village.runtime.advance(0)
  })
})
