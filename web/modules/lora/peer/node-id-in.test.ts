import { describe, expect, it } from 'vitest'
import { nodeIdIn } from './node-id-in.ts'

const ID = `ed25519:${'aB-_'.repeat(10)}xyz`
const OTHER = `ed25519:${'c'.repeat(43)}`

describe('what was scanned or pasted', () => {
  it('holds a full id, alone or among words', () => {
    expect(nodeIdIn(ID)).toBe(ID)
    expect(nodeIdIn(`  Ben: ${ID}\n`)).toBe(ID)
    expect(nodeIdIn(`${ID} ${ID}`)).toBe(ID)
  })

  it('is refused when it is something else, cut off, too long, or names two', () => {
    expect(nodeIdIn('ABCD-EFGH-IJKL-MNOP')).toBeNull()
    expect(nodeIdIn(ID.slice(0, -1))).toBeNull()
    expect(nodeIdIn(`${ID}A`)).toBeNull()
    expect(nodeIdIn(`${ID} ${OTHER}`)).toBeNull()
  })
})
