import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROOF_FORMAT, type Proof } from '#protocol/evidence/proof.ts'
import { claimBy, withId } from './lib/vectors/evidence/make.ts'
import { people } from './lib/vectors/seeded.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearthnet-proof-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function proof(): Promise<Proof> {
  const { claim_id, claim } = withId(await claimBy((await people()).anna))
  return {
    format: PROOF_FORMAT,
    version: 1,
    made_at: '2026-05-26T08:00:00Z',
    community_id: claim.asserted_by,
    about: { claim_id },
    claims: [{ claim_id, claim }],
    attestations: [],
    disputes: [],
    names: {},
  }
}

/** Runs the command a person would run, on a file with this text. */
async function verify(text: string): Promise<{ readonly code: number | string | null | undefined; readonly output: string }> {
  const file = join(folder, 'proof.json')
  await writeFile(file, text)
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'scripts/verify-proof.ts', file], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr })
    })
  })
}

describe('the proof verifier on the command line', () => {
  it('tells a sound proof, a forged one and no proof apart by its exit code', { timeout: 60_000 }, async () => {
    const good = JSON.stringify(await proof())
    expect(await verify(good)).toMatchObject({ code: 0, output: expect.stringContaining('Turnhalle · ist · Sammelpunkt') })
    const forged = await verify(good.replace('"object":"Sammelpunkt"', '"object":"Lager"'))
    expect(forged.code).toBe(1)
    expect(forged.output).toContain('/claims/0: bad_request: claim_id is not the hash of the claim')
    expect((await verify('{}')).code).toBe(2)
  })
})
