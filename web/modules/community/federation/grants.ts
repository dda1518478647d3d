import { forwardDeliver } from '#protocol/civdef/exchange-capabilities.ts'
import { registryAnnounce } from '#protocol/protocol/capabilities.ts'
import type { FederationGrant } from '#protocol/protocol/federation.ts'

/** What people can grant here, each with how often is enough for it. */
export const OFFERED = {
  announce: { capability: registryAnnounce.name, calls_per_minute: 6 },
  alerts: { capability: forwardDeliver.name, calls_per_minute: 30 },
} as const satisfies Readonly<Record<string, FederationGrant>>
export type Offered = keyof typeof OFFERED
export const OFFERED_KEYS: readonly Offered[] = ['announce', 'alerts']

/** The plain words for a grant, or null for one that this app has none for. */
export const offeredAs = ({ capability }: FederationGrant): Offered | null =>
  OFFERED_KEYS.find((key) => OFFERED[key].capability === capability) ?? null
