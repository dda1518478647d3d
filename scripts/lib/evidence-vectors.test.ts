import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { matches } from '#protocol/core/schema.ts'
import { ClaimSchema, checkClaim } from '#protocol/evidence/events.ts'
import { evidenceVectors, type VectorFile } from './evidence-vectors.ts'

const path = new URL('../../conformance/vectors/evidence/claim-id.json', import.meta.url)
const read = async (): Promise<VectorFile> => JSON.parse(await readFile(path, 'utf8'))

describe('vectors of ClaimIDs (EVI-1)', () => {
  it('are what the generator makes', async () => {
    expect(await read()).toEqual(JSON.parse(JSON.stringify(await evidenceVectors())))
  })

  it('pass where they are valid, and fail where they name a bug', async () => {
    for (const { name, valid, claim_id, claim } of (await read()).vectors) {
      const holds =
        matches(ClaimSchema, claim) &&
        (await checkClaim(claim_id, claim).then(
          () => true,
          () => false,
        ))
      expect(holds, name).toBe(valid)
    }
  })

  it('have equal ids where they should, and others elsewhere', async () => {
    const { vectors, same_id, different_id } = await read()
    const idOf = (name: string) => vectors.find((vector) => vector.name === name)?.claim_id ?? name
    for (const names of same_id) expect(new Set(names.map(idOf)).size, names.join()).toBe(1)
    for (const [one, other] of different_id) expect(idOf(one)).not.toBe(idOf(other))
  })
})
