import { describe, expect, it } from 'vitest'
import type { AckRecord } from '#protocol/civdef/records.ts'
import { ACK_STATUSES, type AckStatus } from '#protocol/civdef/terms.ts'
import { contentIdFor, nodeIdFor, SIGNATURE, ulidFor } from '../../../../testing/village.ts'
import { byNeed, STATUS_ORDER } from './standing.ts'

const ack = (who: string, status: AckStatus, minute: number): AckRecord => ({
  ack: {
    alert_id: ulidFor(1),
    status,
    acked_by: nodeIdFor(who),
    acked_at: `2026-05-26T08:0${minute}:00Z`,
    signature: SIGNATURE,
  },
  content_id: contentIdFor(who),
  display_name: who,
  role: null,
})

describe('the board of an alert (CIV-11)', () => {
  it('shows who needs help first, and of those the newest', () => {
    const acks = [ack('a', 'received', 1), ack('b', 'need_help', 2), ack('c', 'acting', 3), ack('d', 'need_help', 4)]
    expect(byNeed(acks).map(({ display_name }) => display_name)).toEqual(['d', 'b', 'c', 'a'])
  })

  it('has a place for every status there is', () => {
    expect([...STATUS_ORDER].sort()).toEqual([...ACK_STATUSES].sort())
  })
})
