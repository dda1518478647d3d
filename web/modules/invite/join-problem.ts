import type { ErrorCode, HearthError } from '#protocol/core/errors.ts'

export const JOIN_PROBLEMS = [
  'expired',
  'redeemed',
  'withdrawn',
  'refused',
  'forged',
  'unreadable',
  'unreachable',
  'other',
] as const
export type JoinProblem = (typeof JOIN_PROBLEMS)[number]

const BY_CODE: Partial<Record<ErrorCode, JoinProblem>> = {
  expired: 'expired',
  revoked: 'withdrawn',
  unauthorized: 'refused',
  invalid_signature: 'forged',
  bad_request: 'unreadable',
  schema_mismatch: 'unreadable',
  not_found: 'unreachable',
  timeout: 'unreachable',
  partition: 'unreachable',
}

const isRecord = (data: unknown): data is { readonly reason?: unknown } => typeof data === 'object' && data !== null

/** What a failure means to somebody who holds an invite (COM-2). An invite that was used up has the code of one that ran out. */
export function joinProblem({ code, data }: Pick<HearthError, 'code' | 'data'>): JoinProblem {
  return isRecord(data) && data.reason === 'redeemed' ? 'redeemed' : (BY_CODE[code] ?? 'other')
}

/** Whether the same invite can work when tried again. */
export const canRetry = (problem: JoinProblem): boolean => problem === 'unreachable' || problem === 'other'

export const JOIN_STEPS = ['reach', 'find', 'ask'] as const
export type JoinStep = (typeof JOIN_STEPS)[number]

/** What joining is busy with, as far as can be seen: a box to go through, then a member, then their answer. */
export function joinStep(boxConnected: boolean, memberConnected: boolean): JoinStep {
  if (memberConnected) return 'ask'
  return boxConnected ? 'find' : 'reach'
}
