import { describe, expect, it } from 'vitest'
import type { AlertContent } from '#protocol/civdef/alert.ts'
import { alertCancel, alertList, alertPublish, roleList, roleRevoke } from '#protocol/civdef/capabilities.ts'
import { type Certificate, certIdOf } from '#protocol/civdef/certificate.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { alertPublished, roleRegistered } from '#protocol/civdef/events.ts'
import { noticeList } from '#protocol/civdef/notice-capabilities.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import type { ContentId, Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import type { Villager } from '../../testing/village.ts'
import { createForger } from './testing/forger.ts'
import { page } from './testing/page.ts'
import { DAY, settledScene } from './testing/scene.ts'

/** What happens in the storm: alerts, updates, ends, forgeries. The whole thousand with CIVDEF_STORM=1000. */
const STEPS = Number(process.env.CIVDEF_STORM ?? 40)
const PEOPLE = ['Nord', 'Süd', 'Ost', 'West']

async function everything(who: Villager, refused: boolean): Promise<AlertRecord[]> {
  const all: AlertRecord[] = []
  let after: ContentId | null = null
  do {
    const answer: { alerts: AlertRecord[]; next: ContentId | null } = await who.node.bus.call(alertList, {
      ...{ refused, limit: 200 },
      ...(after === null ? {} : { after }),
    })
    all.push(...answer.alerts)
    after = answer.next
  } while (after !== null)
  return all
}

const summary = (records: readonly AlertRecord[]): string[] =>
  records.map(({ key, state, content_id, replaced_by }) => `${key} ${state} ${content_id} ${replaced_by}`).sort()

describe('eight nodes in a storm', () => {
  it(
    `end with the same ${STEPS} things, each shown once, and none of what nobody may say (CIV-1, CIV-2, CIV-7, CIV-8)`,
    async () => {
      const forger = createForger()
      const s = await settledScene(861, PEOPLE, forger.modules)
      const villagers: Villager[] = [...s.everyone]
      const { runtime } = s.village
      const random = (below: number): number => {
        const [a = 0, b = 0] = runtime.randomBytes(2)
        return (a * 256 + b) % below
      }
      const at = (n: number): Villager => {
        const who = villagers[n]
        if (!who) throw new RangeError('eight villagers')
        return who
      }
      const [KREIS, WEHR, NORD, SUED, OST, WEST] = [0, 1, 4, 5, 6, 7] as const
      const started = runtime.now()

      // Ost has a role that is taken back in the middle; West one that ended yesterday; Süd none at all
      const issued = async (who: number, change: Partial<Certificate> = {}): Promise<Certificate> =>
        s.issue({
          holder: at(who).id,
          role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
          region: 'DE.NRW.Kleve.Issum',
          scopes: ['alert.publish'],
          title: `Zugführer ${at(who).name}`,
          ...change,
        })
      const nordCert = await issued(NORD)
      const ostCert = await issued(OST)
      for (const one of [nordCert, ostCert]) await s.register(one)
      const westCert = await issued(WEST, {
        issued_at: secondsTime(started - 30 * DAY),
        expires_at: secondsTime(started - DAY),
      })
      const selfMade = { ...nordCert, holder: at(SUED).id, issuer: at(SUED).id }
      const suedCert = await signRecord(at(SUED).signer, { ...selfMade, cert_id: certIdOf(selfMade) })
      for (const [who, certificate] of [
        [WEST, westCert],
        [SUED, suedCert],
      ] as const) {
        const { log, publish } = forger.handOf(at(who).id)
        publish(await log.append(roleRegistered, { certificate, chain: [] }))
      }
      const certs = new Map([
        [KREIS, s.kreisCert],
        [WEHR, s.wehrCert],
        [NORD, nordCert],
        [OST, ostCert],
      ])
      const speakers = [KREIS, WEHR, NORD]

      /** What may never be believed, with the rule that stops it. */
      const forged = new Map<Ulid, string>()
      const told = new Map<Ulid, number>()
      const brief = new Set<Ulid>()
      const shown = new Map<string, Map<string, number>>()

      async function look(n: number): Promise<void> {
        const { name } = at(n)
        const counts = shown.get(name) ?? new Map<string, number>()
        shown.set(name, counts)
        const [ost] = (await at(n).node.bus.call(roleList, { holder: at(OST).id, limit: 1 })).certificates
        for (const { revision, key, kind } of await page(at(n))) {
          const why = forged.get(key as Ulid)
          // whoever has not heard of the revocation believes; once heard, all that is shown is that it was taken back
          const isOk = why === undefined || (why === 'revoked' && (kind === 'withdrawn') === (ost?.state === 'revoked'))
          expect(isOk, `${name} was shown a forgery: ${why} ${kind}`).toBe(true)
          counts.set(revision, (counts.get(revision) ?? 0) + 1)
        }
      }

      /** Signs past every check of the module. */
      async function forge(who: number, certificate: Certificate, why: string, change: Partial<AlertContent> = {}) {
        const { signer, log, publish } = forger.handOf(at(who).id)
        const alert_id = change.alert_id ?? runtime.ulid()
        const alert = await signRecord(signer, {
          ...s.draft({ title: `Gefälscht ${alert_id}` }),
          alert_id,
          publisher: signer.nodeId,
          publisher_role: certificate.role,
          publisher_cert: certificate.cert_id,
          ...change,
          published_at: secondsTime(runtime.now()),
        })
        forged.set(alert_id, why)
        publish(await log.append(alertPublished, { alert }))
      }

      async function forgeSomething(): Promise<void> {
        const elsewhere = { region: 'DE.NRW.Kleve.Geldern', roles: [], channels: ['local' as const] }
        const ways = [
          () => forge(WEST, westCert, 'expired'),
          () => forge(SUED, suedCert, 'no_root'),
          () => forge(SUED, s.wehrCert, 'not_owned'),
          () => forge(NORD, s.kreisCert, 'not_owned'),
          () => forge(NORD, nordCert, 'target_outside', { target: elsewhere }),
          () => forge(NORD, nordCert, 'not_owned', { publisher_role: s.kreisCert.role }),
          () => forge(NORD, nordCert, 'too_severe', { severity: 'emergency' }),
          () => forge(WEHR, s.wehrCert, 'missing', { severity: 'emergency' }),
          () => forge(OST, ostCert, 'revoked'),
        ]
        await ways[random(ways.length)]?.()
      }

      /** One thing that happens. What is refused where it happens does not happen. */
      async function happen(step: number): Promise<void> {
        const who = speakers[random(speakers.length)] ?? KREIS
        const { bus } = at(who).node
        const publisher_cert = certs.get(who)?.cert_id ?? s.kreisCert.cert_id
        const dice = random(100)
        const known = [...told.keys()]
        const one = known[random(Math.max(1, known.length))]
        if (dice < 12) return forgeSomething()
        if (dice < 24 && one !== undefined) {
          const all_clear = random(2) === 0
          const end = bus.call(alertCancel, { alert_id: one, cert_id: publisher_cert, reason: 'vorbei', all_clear })
          await end.catch(() => undefined)
          return
        }
        const seconds = dice < 30 ? 60 : 86_400
        const replaces = dice >= 30 && dice < 48 ? one : undefined
        const draft = s.draft({
          publisher_cert,
          title: `Nummer ${step}`,
          expires_at: secondsTime(runtime.now() + seconds * 1000),
          ...(replaces === undefined ? {} : { replaces }),
          // sometimes two speak under one number
          ...(dice >= 48 && dice < 53 && one !== undefined ? { alert_id: one } : {}),
        })
        const { alert_id } = await bus.call(alertPublish, { draft })
        if (!told.has(alert_id)) told.set(alert_id, step)
        if (seconds === 60) brief.add(alert_id)
      }

      async function split(): Promise<void> {
        const sides = 1 + random(3)
        const groups = Array.from({ length: sides }, () => [] as Villager['id'][])
        for (const { id } of villagers) groups[random(sides)]?.push(id)
        s.village.network.partition(...groups)
      }

      for (let step = 0; step < STEPS; step++) {
        // cut off from the one who takes the role back, Ost goes on believing that it may speak
        if (step === Math.floor(STEPS / 3)) {
          s.village.network.partition(
            [at(OST).id],
            villagers.filter((_, n) => n !== OST).map(({ id }) => id),
          )
          await runtime.advance(1)
          await at(KREIS).node.bus.call(roleRevoke, { cert_id: ostCert.cert_id, reason: 'Gerät gestohlen' })
          const { alert_id } = await at(OST).node.bus.call(alertPublish, {
            draft: s.draft({ publisher_cert: ostCert.cert_id, title: 'unter einem gestohlenen Ausweis' }),
          })
          forged.set(alert_id, 'revoked')
        }
        await happen(step)
        if (step % 4 === 0) await runtime.advance(100)
        if (random(12) === 0) await split()
        if (random(25) === 0) {
          const n = random(villagers.length)
          villagers[n] = await s.village.restart(at(n))
        }
        if (random(3) === 0) await Promise.all([0, 1, 2].map(() => look(random(villagers.length))))
      }
      s.village.network.heal()
      await runtime.advance(61_000)
      const expected = told.size
      for (const who of villagers) {
        const has = async () => (await everything(who, false)).length === expected
        await s.village.until(`${who.name} has all ${expected}`, has, 900)
      }
      for (const who of villagers) {
        await s.village.until(`${who.name} agrees`, async () => {
          const [own, first] = [await everything(who, false), await everything(at(0), false)]
          return summary(own).join('\n') === summary(first).join('\n')
        })
        // what may not be said is held, and refused with its reason
        expect(summary(await everything(who, true)).map((line) => line.slice(0, 26))).toEqual([...forged.keys()].sort())
        for (const [key, why] of forged) {
          const { delivery, reasons } = await who.node.bus.call(alertExplain, { key })
          expect([delivery, reasons.at(-1)?.code]).toEqual(['refuse', why])
        }
      }

      // everyone looks again, twice, with a restart in between
      for (let n = 0; n < villagers.length; n++) {
        await look(n)
        villagers[n] = await s.village.restart(at(n))
        await look(n)
      }
      const active = (await everything(at(0), false)).filter(({ state }) => state === 'active').map(({ key }) => key)
      expect(active.length).toBeGreaterThan(0)
      for (const who of villagers) {
        const counts = shown.get(who.name) ?? new Map<string, number>()
        // nothing ever twice, whatever happened
        expect([...counts].filter(([, count]) => count !== 1)).toEqual([])
        const announced = [...counts.keys()].filter((revision) => revision.startsWith('on:')).map((one) => one.slice(3))
        expect(announced.filter((key) => !told.has(key as Ulid) && forged.get(key as Ulid) !== 'revoked')).toEqual([])
        if (who.id === s.geldern.id) expect(announced).toEqual([])
        else expect(active.filter((key) => !announced.includes(key))).toEqual([])
        // and what stands, stands once
        const { notices } = await who.node.bus.call(noticeList, {})
        expect(new Set(notices.map(({ tag }) => tag)).size).toBe(notices.length)
        expect(notices.filter((one) => !one.shown)).toEqual([])
      }
      const states = (await everything(at(0), false)).map(({ state }) => state)
      expect(states.filter((state) => state === 'cancelled').length).toBeGreaterThan(0)
      expect(states.filter((state) => state === 'replaced').length).toBeGreaterThan(0)
      expect(brief.size === 0 || states.includes('expired')).toBe(true)
    },
    60_000 + STEPS * 2_000,
  )
})
