import { describe, expect, it } from 'vitest'
import { alertAck, alertAcks, alertCancel, alertGet, alertList, alertPublish } from '#protocol/civdef/capabilities.ts'
import { alertExplain, walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { noticeList } from '#protocol/civdef/notice-capabilities.ts'
import type { Villager } from '../../testing/village.ts'
import { type Scene, settledScene } from './testing/scene.ts'

const THW = 'DE.NRW.Kleve.THW.OV.Leiter'

/** Issum holds a THW role with its own key. */
async function withThw(seed: number): Promise<Scene> {
  const s = await settledScene(seed)
  const { box_key } = await s.issum.node.bus.call(walletGet, {})
  await s.register(
    await s.issue({
      ...{ holder: s.issum.id, role: THW, region: 'DE.NRW.Kleve', scopes: ['alert.publish'], title: 'THW Kleve' },
      ...(box_key ? { box_key } : {}),
    }),
  )
  return s
}

const target = { region: 'DE.NRW.Kleve.Issum', roles: ['DE.NRW.Kleve.THW'], channels: ['local' as const] }

const stored = async (who: Villager): Promise<string> => {
  const tables = await Promise.all((['segment', 'meta', 'snapshot'] as const).map((table) => who.store.entries(table)))
  return tables
    .flat()
    .map(([, value]) =>
      JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? new TextDecoder().decode(part) : part)),
    )
    .join('\n')
}

describe('an alert for a role', () => {
  it('is read by its holders and by who wrote it, and passes the others unread (CIV-6)', async () => {
    const s = await withThw(841)
    const { alert_id: key } = await s.wehr.node.bus.call(alertPublish, {
      draft: s.draft({ target, title: 'Nur für das THW', body: 'Sandsäcke an die Brücke' }),
    })
    await s.village.until('the holder reads it', async () => {
      const { alerts } = await s.issum.node.bus.call(alertList, { limit: 5 })
      return alerts[0]?.origin === 'sealed' && alerts[0].alert?.title === 'Nur für das THW'
    })
    expect((await s.issum.node.bus.call(alertExplain, { key })).delivery).toBe('notify')
    expect((await s.issum.node.bus.call(noticeList, {})).notices).toMatchObject([{ key, title: 'Nur für das THW' }])
    // who wrote it has no THW role, and still sees what was sent
    expect((await s.wehr.node.bus.call(alertGet, { key })).record.alert?.title).toBe('Nur für das THW')

    await s.knows(s.geldern, key)
    const passing = await s.geldern.node.bus.call(alertList, { limit: 5 })
    expect(passing.alerts).toEqual([])
    expect(passing.sealed).toMatchObject([{ alert_id: key, roles: target.roles, region: target.region, drill: false }])
    expect((await s.geldern.node.bus.call(alertGet, { key })).record).toMatchObject({ origin: 'sealed', alert: null })
    expect((await s.geldern.node.bus.call(alertExplain, { key })).reasons).toMatchObject([{ rule: 'roles', code: 'sealed' }])
    expect((await s.geldern.node.bus.call(noticeList, {})).notices).toEqual([])
    // nor from somebody who can read it
    const asked = { to: s.issum.id }
    const { record } = await s.village.during(s.geldern.node.bus.call(alertGet, { key }, asked))
    expect(record).toMatchObject({ origin: 'sealed', alert: null })
    const listed = await s.village.during(s.geldern.node.bus.call(alertList, { limit: 5 }, asked))
    expect(listed).toMatchObject({ alerts: [], total: 0, sealed: [{ alert_id: key }] })
    for (const word of ['Nur für', 'Sandsäcke']) expect(await stored(s.geldern)).not.toContain(word)
  })

  it('is read again after a restart, answered, and ended for everyone (CIV-6, CIV-8, CIV-11)', async () => {
    const s = await withThw(842)
    const { alert_id: key } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ target, title: 'Für das THW' }) })
    await s.knows(s.issum, key)
    const again = await s.village.restart(s.issum)
    expect((await again.node.bus.call(alertGet, { key })).record.alert?.title).toBe('Für das THW')
    await again.node.bus.call(alertAck, { alert_id: key, status: 'acting' })
    await s.village.until('the answer is here', async () => {
      const board = await s.wehr.node.bus.call(alertAcks, { alert_id: key })
      return board.by_role.some(({ role, acked }) => role === THW && acked.includes(s.issum.id))
    })
    await s.wehr.node.bus.call(alertCancel, {
      ...{ alert_id: key, cert_id: s.wehrCert.cert_id, reason: 'Erledigt', all_clear: true },
    })
    await s.village.until('it passes nobody any more', async () => {
      const { sealed } = await s.geldern.node.bus.call(alertList, { limit: 5 })
      return sealed?.length === 0
    })
  })

  it('whose holders have no key is not published, and nothing is left of it (CIV-6)', async () => {
    const s = await settledScene(843)
    await expect(s.wehr.node.bus.call(alertPublish, { draft: s.draft({ target }) })).rejects.toMatchObject({
      code: 'civdef_alert_target_invalid',
      data: { field: '/target/roles' },
    })
    const again = await s.village.restart(s.wehr)
    expect((await again.node.bus.call(alertList, { limit: 5 })).total).toBe(0)
  })
})
