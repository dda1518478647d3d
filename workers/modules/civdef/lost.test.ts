import { expect, it, vi } from 'vitest'
import { alertCancel, alertGet, alertPublish } from '#protocol/civdef/capabilities.ts'
import { SYNC_PROTOCOL } from '#protocol/core/sync.ts'
import type { Villager } from '../../testing/village.ts'
import { settledScene } from './testing/scene.ts'

const stateAt = ({ node }: Villager, key: string): Promise<string> =>
  node.bus.call(alertGet, { key }).then(
    ({ record }) => record.state,
    () => 'unheard',
  )

it('an alert and its end reach every connected device within seconds when all gossip is lost (SYN-8, CIV-4)', async () => {
  const s = await settledScene(881, ['Nord', 'Süd'])
  await s.village.runtime.advance(20_000)
  s.village.network.setGossipLoss(1)
  const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
  for (const who of s.everyone) {
    await s.village.until(`${who.name} has it`, async () => (await stateAt(who, alert_id)) === 'active', 6)
  }
  const cert_id = s.wehrCert.cert_id
  await s.wehr.node.bus.call(alertCancel, { alert_id, cert_id, reason: 'vorbei', all_clear: true })
  for (const who of s.everyone) {
    await s.village.until(`${who.name} has its end`, async () => (await stateAt(who, alert_id)) === 'cancelled', 10)
  }
})

it('what nobody lost is compared once by each pair of devices (SYN-8)', async () => {
  const s = await settledScene(882, ['Nord', 'Süd'])
  await s.village.runtime.advance(20_000)
  const opens = s.everyone.map(({ mesh }) => vi.spyOn(mesh, 'open'))
  await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
  await s.village.runtime.advance(30_000)
  const sessions = opens.flatMap(({ mock }) => mock.calls.filter(([, protocol]) => protocol === SYNC_PROTOCOL))
  const pairs = (s.everyone.length * (s.everyone.length - 1)) / 2
  expect(sessions.length).toBeLessThanOrEqual(pairs)
})
