import type { Static } from '@sinclair/typebox'
import { matches } from '#protocol/core/schema.ts'
import { RecoveryFileSchema } from '#protocol/node/capabilities.ts'

export type RecoveryFile = Static<typeof RecoveryFileSchema>

/** No recovery file comes near this; a photograph chosen by mistake does. */
export const RECOVERY_FILE_MAX_BYTES = 16_384

export type RecoveryRead = { readonly kind: 'file'; readonly file: RecoveryFile } | { readonly kind: 'foreign' | 'newer' }

/** Parses what a person chose as their recovery file; `newer` is one by a later version of the app. */
export function readRecoveryText(text: string): RecoveryRead {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'foreign' }
  }
  if (matches(RecoveryFileSchema, value)) return { kind: 'file', file: value }
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== 'hearthnet-recovery') {
    return { kind: 'foreign' }
  }
  return { kind: 'version' in value && typeof value.version === 'number' && value.version > 1 ? 'newer' : 'foreign' }
}

/** @returns `foreign` as well for a file that is far too large to be one. */
export async function readRecoveryFile(file: Blob): Promise<RecoveryRead> {
  return file.size > RECOVERY_FILE_MAX_BYTES ? { kind: 'foreign' } : readRecoveryText(await file.text())
}

/** `hearthnet-<name>.json`, safe on every file system. */
export function recoveryFileName(displayName: string): string {
  const name = displayName
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return `hearthnet-${name || 'key'}.json`
}
