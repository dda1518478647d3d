import { describe, expect, it } from 'vitest'
import { nodeIdOf } from '#protocol/core/ids.ts'
import { PROOF_FORMAT } from '#protocol/evidence/proof.ts'
import { checkFile } from './check-file.ts'

const proof = (change: object): File => {
  const made_at = '2026-05-26T08:00:00Z'
  const empty = { claims: [], attestations: [], disputes: [], names: {} }
  const community_id = nodeIdOf(new Uint8Array(32).fill(1))
  const whole = { format: PROOF_FORMAT, version: 1, made_at, community_id, about: { subject: 'Brunnen' }, ...empty, ...change }
  return new File([JSON.stringify(whole)], 'nachweis.json')
}

describe('a file that is dropped to be checked', () => {
  it('is no proof when it is something else', async () => {
    expect(await checkFile(new File(['hello'], 'a.txt'))).toMatchObject({ kind: 'no_proof', fileName: 'a.txt' })
    expect(await checkFile(new File(['{}'], 'a.json'))).toMatchObject({ kind: 'no_proof' })
  })

  it('is unsound when what it is about is not in it', async () => {
    expect(await checkFile(proof({}))).toMatchObject({ kind: 'unsound' })
  })

  it('cannot be read when it is gone', async () => {
    const gone = new File(['{}'], 'weg.json')
    gone.text = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
    expect(await checkFile(gone)).toMatchObject({ kind: 'unreadable' })
  })
})
