import { describe, expect, it } from 'vitest'
import { alertAck, alertAcks, alertCancel, alertPublish } from '#protocol/civdef/capabilities.ts'
import { cosignAnswer, cosignList, cosignRequest } from '#protocol/civdef/desk-capabilities.ts'
import { incidentGet } from '#protocol/civdef/notice-capabilities.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import type { Villager } from '../../testing/village.ts'
import { type Scene, settledScene } from './testing/scene.ts'

const reachable = async (who: Villager): Promise<string[]> => {
  const { nodes } = await who.node.bus.call(incidentGet, {})
  return nodes.flatMap((node) => (node.reachable ? [node.display_name] : [])).sort()
}

async function emergency(s: Scene, alert_id = '01KSXB3Q000000000000000000' as Ulid): Promise<Ulid> {
  const draft = s.draft({ severity: 'emergency', alert_id })
  const { request_id } = await s.village.during(s.wehr.node.bus.call(cosignRequest, { draft, to: s.kreis.id }))
  const answer = { request_id, cert_id: s.kreisCert.cert_id, sign: true }
  await s.village.during(s.kreis.node.bus.call(cosignAnswer, answer))
  const [signed] = (await s.wehr.node.bus.call(cosignList, {})).requests
  if (!signed?.attestation) throw new TypeError('it was just signed')
  await s.wehr.node.bus.call(alertPublish, { draft, attestation: signed.attestation })
  return alert_id
}

describe('an incident', () => {
  it('has everyone say each minute that they are there; who falls silent is not called reachable (CIV-14)', async () => {
    const s = await settledScene(851)
    expect(await s.issum.node.bus.call(incidentGet, {})).toMatchObject({ alerts: [] })
    const key = await emergency(s)
    for (const who of s.everyone) {
      await s.village.until(`${who.name} hears all others`, async () => (await reachable(who)).length === 3)
    }
    expect((await s.geldern.node.bus.call(incidentGet, {})).alerts).toEqual([key])
    s.village.network.partition(
      [s.issum.id],
      s.everyone.filter(({ id }) => id !== s.issum.id).map(({ id }) => id),
    )
    await s.village.runtime.advance(60_000)
    expect(await reachable(s.kreis)).toContain('Issum')
    await s.village.runtime.advance(180_000)
    expect(await reachable(s.kreis)).toEqual(['Geldern', 'Wehr'])
    expect(await reachable(s.issum)).toEqual([])
    s.village.network.heal()
    await s.village.until('Issum is back', async () => (await reachable(s.kreis)).includes('Issum'))
    // over: nobody says anything any more
    await s.wehr.node.bus.call(alertCancel, { alert_id: key, cert_id: s.wehrCert.cert_id, reason: 'vorbei', all_clear: true })
    await s.village.runtime.advance(65_000)
    const before = (await s.kreis.node.bus.call(incidentGet, {})).nodes.map(({ heard_at }) => heard_at)
    await s.village.runtime.advance(130_000)
    expect((await s.kreis.node.bus.call(incidentGet, {})).nodes.map(({ heard_at }) => heard_at)).toEqual(before)
  })

  it('is no drill and no warning (CIV-9, CIV-14)', async () => {
    const s = await settledScene(852)
    await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ drill: true }) })
    await s.village.runtime.advance(5000)
    expect(await s.issum.node.bus.call(incidentGet, {})).toMatchObject({ alerts: [] })
    expect(await reachable(s.wehr)).toEqual([])
  })
})

describe('the board', () => {
  it('counts the devices that hold an alert in silence, also after they went away (CIV-11)', async () => {
    const s = await settledScene(853)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    for (const who of s.everyone) await s.knows(who, alert_id)
    const holding = async () => (await s.wehr.node.bus.call(alertAcks, { alert_id })).holding
    await s.village.until('all four are counted', async () => (await holding()) === 4)
    s.village.network.partition(...s.everyone.map(({ id }) => [id]))
    await s.village.runtime.advance(60_000)
    expect(await holding()).toBe(4)
  })

  it('gets the answers that were given without a net, once it is back, and by their own times (CIV-11)', async () => {
    const s = await settledScene(854)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.knows(s.kreis, alert_id)
    s.village.network.partition(...s.everyone.map(({ id }) => [id]))
    await s.village.runtime.advance(30_000)
    await s.kreis.node.bus.call(alertAck, { alert_id, status: 'need_help', note: 'Pumpe defekt', cert_id: s.kreisCert.cert_id })
    // the tablet is closed before it ever met anybody
    await s.village.restart(s.kreis)
    await s.village.runtime.advance(60_000)
    expect((await s.wehr.node.bus.call(alertAcks, { alert_id })).acks).toEqual([])
    s.village.network.heal()
    await s.village.until('the answer is here', async () => {
      const board = await s.wehr.node.bus.call(alertAcks, { alert_id })
      return board.counts.need_help === 1 && board.acks[0]?.ack.note === 'Pumpe defekt'
    })
    expect((await s.wehr.node.bus.call(alertAcks, { alert_id })).first_after_seconds).toBeLessThanOrEqual(31)
  })
})
