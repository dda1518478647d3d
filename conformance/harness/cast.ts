import { sha256 } from '@noble/hashes/sha2.js'
import { concat, identityFrom, utf8 } from '../client/encoding.ts'
import { Peer } from '../client/peer.ts'
import { outcomeOf, shown } from './case.ts'
import type { Standing } from './context.ts'
import type { Random } from './random.ts'
import type { Target } from './target.ts'

/** Peers of one standing that cases share: enough that no rate limit of one is everybody's (BUS-6). */
const SHARED: Readonly<Record<Standing, number>> = { stranger: 2, member: 4, trusted: 1 }

/**
 * So many wait to be lent again, whoever came back last: the node compares with every neighbour after an alert (SYN-8), and each has a place at the box.
 */
const IDLE = 16

/** Who was given back, and lets go of its boxes meanwhile. */
interface Back {
  readonly peer: Peer
  readonly away: Promise<void> | undefined
}

/** The peers of a run: shared ones, and some for one case. */
export interface Cast {
  shared(standing: Standing): Promise<Peer>
  fresh(standing: Standing, log: (line: string) => void): Promise<Peer>
  /** A peer that nobody else has until it is given back. */
  lend(standing: Standing, part: string, log: (line: string) => void): Promise<Peer>
  /** @returns false where it cannot be lent again */
  giveBack(peer: Peer): boolean
  stop(): Promise<void>
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export function createCast(target: Target, random: Random): Cast {
  const pools = new Map<Standing, Promise<Peer>[]>()
  const turns = new Map<Standing, number>()
  const all: Peer[] = []
  const kinds = new Map<Peer, string>()
  /** Who came back last is last. */
  const free: Back[] = []
  let named = 0

  function somebody(standing: Standing) {
    // the node under test is part of it, so that a second run against the same one brings new people
    const name = `${standing} ${++named}`
    const identity = identityFrom(
      new Uint8Array(sha256(concat(random.bytes(32), utf8(`${target.nodeId} ${Date.now()} ${name}`)))),
    )
    return { name, identity }
  }

  async function make(standing: Standing, log: (line: string) => void): Promise<Peer> {
    const { name, identity } = somebody(standing)
    const wire = target.features.has('wire') ? await target.connect(identity) : null
    const peer = new Peer(target, wire, identity, { random, log })
    all.push(peer)
    if (standing === 'stranger') return peer
    const invite = await target.invite(standing)
    if (!invite) throw new Error(`no invite for a ${standing} can be had`)
    const answer = await peer.join(invite, name)
    if (outcomeOf(answer) !== 'ok') throw new Error(`the door refused a ${standing}: ${shown(answer)}`)
    return peer
  }

  function shared(standing: Standing): Promise<Peer> {
    const turn = (turns.get(standing) ?? -1) + 1
    turns.set(standing, turn)
    const pool = pools.get(standing) ?? []
    pools.set(standing, pool)
    const at = turn % SHARED[standing]
    pool[at] ??= make(standing, () => undefined)
    return pool[at]
  }

  /** Who came back, has rested, and is still connected; null where there is nobody. Rest takes no longer than somebody new, and costs nothing. */
  async function rested(kind: string): Promise<Peer | null> {
    for (;;) {
      const ofKind = free.filter(({ peer }) => kinds.get(peer) === kind)
      const first = ofKind.find(({ peer }) => peer.restMs === 0) ?? ofKind[0]
      if (!first) return null
      free.splice(free.indexOf(first), 1)
      const { peer, away } = first
      await away
      if (peer.restMs > 0) await delay(peer.restMs)
      if (!peer.wire || (await peer.wire.connected())) return peer
    }
  }

  async function lend(standing: Standing, part: string, log: (line: string) => void): Promise<Peer> {
    const kind = `${standing} ${part}`
    const peer = (await rested(kind)) ?? (await make(standing, log))
    kinds.set(peer, kind)
    peer.log = log
    return peer
  }

  function giveBack(peer: Peer): boolean {
    if (!kinds.has(peer) || !peer.isWhole) return false
    free.push({ peer, away: peer.wire?.leaveBoxes?.() })
    if (free.length > IDLE) void free.shift()?.peer.stop()
    return true
  }

  return {
    shared,
    lend,
    giveBack,
    fresh: make,
    async stop() {
      await Promise.all(all.map((peer) => peer.stop()))
    },
  }
}
