import type { Alert } from '#protocol/civdef/alert.ts'
import type { Delivery } from '#protocol/civdef/decision.ts'

/** Why an alert stays in this community; null where it may leave (CIV-16). @param delivery what this device decided, once it has */
export function staysBecause(
  { target }: Pick<Alert, 'target'>,
  delivery: Delivery | undefined,
): 'roles' | 'channel' | 'unbelieved' | null {
  if (target.roles.length > 0) return 'roles'
  if (!target.channels.includes('federation')) return 'channel'
  return delivery === 'refuse' ? 'unbelieved' : null
}
