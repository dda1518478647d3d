import { secondsTime } from '#protocol/civdef/terms.ts'

/** How long a certificate may be issued for: what is offered, in days. */
export const CERT_LASTING = { month: 30, half: 182, one: 365, two: 730 } as const
export type CertLasting = keyof typeof CERT_LASTING

const DAY_MS = 86_400_000

/** The end of a certificate, cut to the end of the one it is issued under: no chain outlives a link of it. */
export function endOf(lasting: CertLasting, now: number, issuerEnds: string | null): string {
  const wanted = now + CERT_LASTING[lasting] * DAY_MS
  return secondsTime(issuerEnds === null ? wanted : Math.min(wanted, Date.parse(issuerEnds)))
}
