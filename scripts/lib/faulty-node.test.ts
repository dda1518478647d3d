import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFaultyNode } from './faulty-node.mjs'

let node: Awaited<ReturnType<typeof createFaultyNode>>
beforeAll(async () => {
  node = await createFaultyNode()
})
afterAll(() => node.close())

describe('the faulty node', () => {
  it('behaves like the real one while no fault is chosen: every vector comes out as it says', async () => {
    expect(await node.firstFailure('')).toBeUndefined()
  })

  it('has the fault that is chosen, and no other', async () => {
    expect(await node.firstFailure('encoding/lenient-base64')).toMatch(/^encoding\/base64url\.json: padding/)
    expect(await node.firstFailure('community/members-invite-trusted')).toMatch(/^community\//)
    expect(await node.firstFailure('no/such-fault')).toBeUndefined()
  })
})
