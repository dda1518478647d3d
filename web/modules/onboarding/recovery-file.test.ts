import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECOVERY_FILE_MAX_BYTES, readRecoveryFile, readRecoveryText, recoveryFileName } from './recovery-file.ts'

const file = {
  format: 'hearthnet-recovery',
  version: 1,
  node_id: `ed25519:${'A'.repeat(43)}`,
  display_name: 'Anna',
  kdf: { name: 'PBKDF2-SHA-256', rounds: 600_000, salt: 'AAAA' },
  cipher: { name: 'AES-256-GCM', iv: 'AAAA', text: 'AAAA' },
}

describe('a recovery file (ID-5)', () => {
  it('is read back as it was written', () => {
    expect(readRecoveryText(JSON.stringify(file, null, 2))).toEqual({ kind: 'file', file })
  })

  it('by a later version is told apart from a file that is none', () => {
    expect(readRecoveryText(JSON.stringify({ ...file, version: 2 })).kind).toBe('newer')
    expect(readRecoveryText(JSON.stringify({ ...file, node_id: 'somebody' })).kind).toBe('foreign')
    expect(readRecoveryText('{"format":"other"}').kind).toBe('foreign')
    expect(readRecoveryText('null').kind).toBe('foreign')
    expect(readRecoveryText('not JSON').kind).toBe('foreign')
  })

  it('is refused unread when it is far too large', async () => {
    const blob = new Blob([JSON.stringify(file), ' '.repeat(RECOVERY_FILE_MAX_BYTES)])
    expect((await readRecoveryFile(blob)).kind).toBe('foreign')
  })

  it.each([
    ['Anna', 'hearthnet-anna.json'],
    ['Küche  (Großer Tisch)', 'hearthnet-kueche-grosser-tisch.json'],
    ['../../etc', 'hearthnet-etc.json'],
    ['🙂', 'hearthnet-key.json'],
  ])('of %j is called %j', (name, expected) => {
    expect(recoveryFileName(name)).toBe(expected)
  })

  it('has a name that no file system minds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64, unit: 'grapheme' }), (name) => {
        expect(recoveryFileName(name)).toMatch(/^hearthnet-[\p{L}\p{N}-]+\.json$/u)
      }),
    )
  })
})
