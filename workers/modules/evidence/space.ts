import type { NodeId } from '#protocol/core/ids.ts'
import type { Member } from '../../kernel/community/state.ts'
import type { EventLog } from '../../kernel/log/log.ts'
import type { View } from '../../kernel/views.ts'
import { byObject, bySubject, createSorted, newestFirst } from './order.ts'
import type { ClaimRow } from './store.ts'
import { createTrust, type Score } from './trust.ts'

/** Claims that are seen together and scored together: the community's, or the sample set's. */
export interface Space {
  readonly kind: 'community' | 'sample'
  readonly view: View<ClaimRow>
  newest(): readonly ClaimRow[]
  /** By the search form of the subject; one subject's rows stand together, newest first. */
  bySubject(): readonly ClaimRow[]
  /** By the search form of the object. */
  byObject(): readonly ClaimRow[]
  member(nodeId: NodeId): Member | null
  readonly score: Score
  stop(): void
}

export interface SpaceInit {
  readonly kind: Space['kind']
  readonly view: View<ClaimRow>
  readonly member: (nodeId: NodeId) => Member | null
  /** Where changes of membership are heard; none in a sample. */
  readonly log?: EventLog
}

export function createSpace({ kind, view, member, log }: SpaceInit): Space {
  const newest = createSorted(view, newestFirst)
  const subjects = createSorted(view, bySubject)
  const objects = createSorted(view, byObject)
  const trust = createTrust({ view, newest: newest.rows, member })
  const stops = [
    view.changed.on(trust.forget),
    ...(log ? [log.changed.on(trust.forget)] : []),
    ...[newest, subjects, objects].map(({ stop }) => stop),
  ]
  return {
    kind,
    view,
    newest: newest.rows,
    bySubject: subjects.rows,
    byObject: objects.rows,
    member,
    score: trust.score,
    stop() {
      for (const stop of stops) stop()
    },
  }
}
