import { CIVDEF_HEARTBEAT_MAX_ALERTS, CIVDEF_HEARTBEAT_SECONDS } from '#protocol/civdef/constants.ts'
import { incidentChanged } from '#protocol/civdef/events.ts'
import { heartbeat, incidentGet } from '#protocol/civdef/notice-capabilities.ts'
import { severityRank } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, type Ulid, wireTime } from '#protocol/core/ids.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { every } from '../../kernel/runtime.ts'
import type { View } from '../../kernel/views.ts'
import type { Knowledge } from './knowledge.ts'
import type { AlertRow } from './store.ts'

const BEAT_MS = CIVDEF_HEARTBEAT_SECONDS * 1000
/** A device that missed three beats is not called reachable any more. */
const REACHABLE_MS = 3 * BEAT_MS
/** Somebody who watches the board asks no more often than this. */
const ASK_MS = 15_000
/** Members asked in one beat: a community is a neighbourhood. */
const MAX_MEMBERS = 512

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'members' | 'notify'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
}

export interface Incident {
  /** Members' devices that said they hold an alert; this one where it does. Whoever looks at the board has them asked. */
  holding(alert: Ulid): readonly NodeId[]
  readonly withdraw: readonly (() => void)[]
}

/**
 * While an incident is active every device says once a minute that it is there and which alerts reached it (CIV-14). Nothing of
 * it is written down, it names no place, and devices that fall silent are forgotten: it shows the net and follows nobody.
 */
export function serveIncident({ bus, runtime, signer, members, notify, knowledge, alerts }: Deps): Incident {
  const me = signer.nodeId
  /** When a member's device was heard last, ms since 1970 by this device's clock. */
  const heard = new Map<NodeId, number>()
  /** Devices that said they hold an alert: what reached a device stays there, also when the device is away. */
  const holders = new Map<Ulid, Set<NodeId>>()
  let askedAt = Number.NEGATIVE_INFINITY

  const isActive = (row: AlertRow): boolean => {
    const { alert } = knowledge.heard(row)
    // dear to ask for old ones: the date comes first
    if (!alert || Date.parse(alert.expires_at) <= runtime.now()) return false
    return knowledge.record(row).state === 'active' && knowledge.decision(row).delivery !== 'refuse'
  }
  const isIncident = (row: AlertRow): boolean => {
    const { alert } = knowledge.heard(row)
    return alert !== null && !alert.drill && severityRank(alert.severity) >= severityRank('emergency') && isActive(row)
  }
  const incidents = (): readonly AlertRow[] => alerts.rows().filter(isIncident)

  /** What reached this device and is going on, the newest that fit. */
  function ownHolding(): Ulid[] {
    return alerts
      .rows()
      .filter(isActive)
      .map((row) => knowledge.heard(row))
      .sort((a, b) => b.lamport - a.lamport)
      .flatMap(({ alert }) => alert?.alert_id ?? [])
      .slice(0, CIVDEF_HEARTBEAT_MAX_ALERTS)
  }

  function note(from: NodeId, holding: readonly Ulid[]): void {
    if (members.get(from)?.status !== 'active') return
    heard.set(from, runtime.now())
    for (const alert of holding) {
      const row = alerts.get(alert)
      // of what is not known here nothing is remembered
      if (!row || !isActive(row)) continue
      const known = holders.get(alert) ?? new Set()
      holders.set(alert, known.add(from))
    }
  }

  const others = () =>
    members
      .all()
      .filter(({ nodeId, status }) => status === 'active' && nodeId !== me)
      .slice(0, MAX_MEMBERS)

  /** Says that this device is there, and hears who else is. */
  async function beat(): Promise<void> {
    askedAt = runtime.now()
    const holding = ownHolding()
    await Promise.all(
      others().map(async ({ nodeId }) => {
        // whoever is away, or has this switched off, is not there
        const answer = await bus.call(heartbeat, { holding }, { to: nodeId }).catch(() => null)
        if (answer) note(nodeId, answer.holding)
      }),
    )
    for (const [nodeId, at] of heard) if (runtime.now() - at > REACHABLE_MS) heard.delete(nodeId)
    for (const alert of holders.keys()) {
      const row = alerts.get(alert)
      if (!row || !isActive(row)) holders.delete(alert)
    }
    notify(incidentChanged)
  }
  const beatLoudly = (): void => void beat().catch(reportError)

  let stopBeating: (() => void) | null = null
  /** Begins with the first incident and ends with the last, which may end by itself. */
  function settle(): void {
    const isOn = incidents().length > 0
    if (isOn && !stopBeating) {
      stopBeating = every(runtime, BEAT_MS, () => {
        settle()
        if (stopBeating) beatLoudly()
      })
      beatLoudly()
    }
    if (!isOn && stopBeating) {
      stopBeating()
      stopBeating = null
      notify(incidentChanged)
    }
  }
  const stopFollowing = alerts.changed.on((keys) => {
    // what is no incident begins none, and while one goes on the next beat looks for its end
    if (
      !stopBeating &&
      keys.some((key) => {
        const row = alerts.get(key)
        return row !== null && isIncident(row)
      })
    )
      settle()
  })
  settle()

  const withdraw = [
    bus.handle(heartbeat, async ({ holding }, { caller }) => {
      if (caller.nodeId === null) throw new HearthError('unauthorized', 'a heartbeat is somebody’s')
      note(caller.nodeId, holding)
      return { holding: ownHolding() }
    }),

    bus.handle(incidentGet, async () => ({
      alerts: incidents().map(({ key }) => key),
      nodes: others().map(({ nodeId, displayName }) => {
        const at = heard.get(nodeId)
        return {
          node_id: nodeId,
          display_name: displayName,
          reachable: at !== undefined && runtime.now() - at <= REACHABLE_MS,
          heard_at: at === undefined ? null : wireTime(at),
        }
      }),
    })),
  ]

  return {
    holding(alert) {
      const row = alerts.get(alert)
      const own = row && knowledge.heard(row).alert ? [me] : []
      if (row && isActive(row) && runtime.now() - askedAt >= ASK_MS) beatLoudly()
      return [...own, ...(holders.get(alert) ?? [])]
    },
    withdraw: [stopFollowing, () => stopBeating?.(), ...withdraw],
  }
}
