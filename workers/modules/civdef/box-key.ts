import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { type BoxKeys, boxKeyOf } from './seal.ts'

/** This device's key for alerts to roles (CIV-6). */
export interface BoxKeyHolder {
  /** @throws HearthError `not_implemented` where the browser has no X25519 */
  keys(): Promise<BoxKeys>
  /** Null where there can be none: then role alerts are for other devices, and everything else works. */
  publicKey(): Promise<string | null>
}

const NAME = 'civdef.box'

export function createBoxKeyHolder({ keys }: Pick<ModuleDeps, 'keys'>): BoxKeyHolder {
  async function own(): Promise<BoxKeys> {
    const { publicKey, privateKey } = await keys.agreement(NAME)
    return { boxKey: boxKeyOf(publicKey), privateKey }
  }
  return {
    keys: own,
    async publicKey() {
      try {
        return (await own()).boxKey
      } catch (error) {
        const { code } = toHearthError(error)
        if (error instanceof HearthError && code === 'not_implemented') return null
        throw error
      }
    },
  }
}
