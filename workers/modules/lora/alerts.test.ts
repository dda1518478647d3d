import { describe, expect, it } from 'vitest'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import { isSevereAlert } from './alerts.ts'

const NOW = Date.UTC(2026, 4, 26, 8)
const published = (alert: object, event_type = 'civdef.alert.published', at = NOW): VerifiedEvent => ({
  cid: '' as ContentId,
  text: '',
  // what is looked at of an event
  event: { event_type, wall_clock: wireTime(at), data: { alert } } as unknown as SignedEvent,
})

describe('alerts (CIV-13)', () => {
  it('set the panic flag when they are emergency or extreme, of now, and no drill', () => {
    expect(isSevereAlert(published({ severity: 'emergency' }), NOW)).toBe(true)
    expect(isSevereAlert(published({ severity: 'extreme', drill: false }), NOW)).toBe(true)
    expect(isSevereAlert(published({ severity: 'extreme', drill: true }), NOW)).toBe(false)
    expect(isSevereAlert(published({ severity: 'warning' }), NOW)).toBe(false)
    expect(isSevereAlert(published({ severity: 'extreme' }, 'civdef.alert.cancelled'), NOW)).toBe(false)
    expect(isSevereAlert(published({ severity: 'extreme' }, 'civdef.alert.published', NOW - 3_600_001), NOW)).toBe(false)
  })
})
