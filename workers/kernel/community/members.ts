import type { TrustLevel } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { EventLog } from '../log/log.ts'
import type { Member } from './state.ts'

/** Who is who, as the log says right now. */
export interface Members {
  get(nodeId: NodeId): Member | null
  all(): readonly Member[]
  levelOf(nodeId: NodeId): Exclude<TrustLevel, 'self'> | 'revoked'
}

export function createMembers(log: () => EventLog | null): Members {
  const get = (nodeId: NodeId): Member | null => log()?.state()?.members.get(nodeId) ?? null
  return {
    get,
    all: () => [...(log()?.state()?.members.values() ?? [])],
    levelOf(nodeId) {
      const member = get(nodeId)
      if (member?.status === 'revoked') return 'revoked'
      return member?.status === 'active' ? member.level : 'unknown'
    },
  }
}
