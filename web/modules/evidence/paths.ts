import { type ClaimId, parseClaimId } from '#protocol/core/ids.ts'

export const CLAIMS = '/claims'
export const INBOX = '/claims/inbox'
export const CHECK = '/claims/check'
export const OPTIONS = '/claims/options'

export const claimPath = (id: ClaimId): string => `${CLAIMS}/${id}`
export const attestPath = (id: ClaimId): string => `${CLAIMS}/${id}/attest`
export const disputePath = (id: ClaimId): string => `${CLAIMS}/${id}/dispute`
/** A subject is any text, so it stands in the query: a path would have to be cut at its slashes. */
export const subjectPath = (subject: string): string => `${CLAIMS}/about?${new URLSearchParams({ subject })}`

interface NewClaim {
  readonly subject?: string
  readonly predicate?: string
  readonly parent?: ClaimId
}
export const newClaimPath = (prefill: NewClaim): string => `${CLAIMS}/new?${new URLSearchParams({ ...prefill })}`

/** The id in an address, or null when it is none: people can type anything into it. */
export function claimIdIn(text: string | null | undefined): ClaimId | null {
  try {
    return parseClaimId(text)
  } catch {
    return null
  }
}
