import { expect, it } from 'vitest'
import { requireSignature, signRecord } from '#protocol/core/signing.ts'
import { testSigner } from './test-identity.ts'

it('gives the same node for the same seed, another for another, and signatures that verify (ID-1, ID-4)', async () => {
  const [first, again, other] = await Promise.all([testSigner(1), testSigner(1), testSigner(2)])
  expect(first.nodeId).toBe(again.nodeId)
  expect(first.nodeId).not.toBe(other.nodeId)
  const record = await signRecord(first, { hello: 'world' })
  await expect(requireSignature(first.nodeId, record)).resolves.toBeUndefined()
  await expect(requireSignature(other.nodeId, record)).rejects.toMatchObject({ code: 'invalid_signature' })
})
