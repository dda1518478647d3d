import { expect, it } from 'vitest'
import { testSigner } from '../testing/test-identity.ts'
import { createClocks } from './clocks.ts'

it('tells of a clock that is off by more than two minutes, once, and forgets it when it is set right (BUS-3)', async () => {
  const { nodeId } = await testSigner(1)
  const clocks = createClocks()
  expect(clocks.heard(nodeId, 119_000)).toBe(false)
  expect(clocks.aheadSeconds(nodeId)).toBeNull()
  expect(clocks.heard(nodeId, -600_000)).toBe(true)
  expect(clocks.heard(nodeId, -601_000)).toBe(false)
  expect(clocks.aheadSeconds(nodeId)).toBe(-601)
  expect(clocks.heard(nodeId, 500)).toBe(true)
  expect(clocks.aheadSeconds(nodeId)).toBeNull()
})
