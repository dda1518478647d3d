import { HearthError } from '#protocol/core/errors.ts'
import {
  RENDEZVOUS_MAX_PER_ADDRESS,
  RENDEZVOUS_MAX_PER_TOPIC,
  type Registration,
  type RendezvousMessage,
} from '#protocol/core/rendezvous.ts'
import type { Clock } from '../clock.ts'

/** One open stream: who hears of changes at the topics it registered for. */
export interface Member {
  /** Network address, for the limits. */
  readonly address: string
  push(message: RendezvousMessage): void
}

interface Entry {
  readonly registration: Registration
  readonly member: Member
  readonly cancelExpiry: () => void
}

export interface Registry {
  /**
   * @param lifeMs milliseconds until it is forgotten unless renewed
   * @returns everyone else at the topic
   * @throws HearthError `capacity_exceeded` (BUS-7)
   */
  register(member: Member, registration: Registration, lifeMs: number): Registration[]
  unregister(member: Member, topic: string): void
  /** The stream is gone, and with it all it registered. */
  leave(member: Member): void
  counts(): { readonly topics: number; readonly registrations: number }
}

const sameAddresses = (a: Registration, b: Registration): boolean => a.multiaddrs.join(' ') === b.multiaddrs.join(' ')

/** Who is at which topic, in memory only (BUS-7). It knows hashes, keys and addresses, and no name. */
export function createRegistry({ clock }: { readonly clock: Clock }): Registry {
  const topics = new Map<string, Map<string, Entry>>()
  const perAddress = new Map<string, number>()

  const count = (address: string, by: 1 | -1): void => {
    const next = (perAddress.get(address) ?? 0) + by
    if (next > 0) perAddress.set(address, next)
    else perAddress.delete(address)
  }

  const tell = (topic: string, about: string, message: RendezvousMessage): void => {
    for (const [nodeId, { member }] of topics.get(topic) ?? []) if (nodeId !== about) member.push(message)
  }

  /** Takes an entry out without a word to the others. */
  const remove = (topic: string, nodeId: string): Entry | undefined => {
    const peers = topics.get(topic)
    const entry = peers?.get(nodeId)
    if (!peers || !entry) return undefined
    entry.cancelExpiry()
    count(entry.member.address, -1)
    peers.delete(nodeId)
    if (peers.size === 0) topics.delete(topic)
    return entry
  }

  const drop = (topic: string, nodeId: string): void => {
    if (remove(topic, nodeId)) tell(topic, nodeId, { type: 'left', topic, node_id: nodeId as Registration['node_id'] })
  }

  const dropOwn = (member: Member, topic: string): void => {
    for (const [nodeId, entry] of topics.get(topic) ?? []) if (entry.member === member) drop(topic, nodeId)
  }

  const requireRoom = (member: Member, { topic, node_id }: Registration): void => {
    const known = topics.get(topic)?.get(node_id)
    if (!known && (topics.get(topic)?.size ?? 0) >= RENDEZVOUS_MAX_PER_TOPIC) {
      throw new HearthError('capacity_exceeded', 'this topic is full')
    }
    if (known?.member.address !== member.address && (perAddress.get(member.address) ?? 0) >= RENDEZVOUS_MAX_PER_ADDRESS) {
      throw new HearthError('capacity_exceeded', 'too many registrations from this address')
    }
  }

  return {
    register(member, registration, lifeMs) {
      const { topic, node_id } = registration
      requireRoom(member, registration)
      const previous = remove(topic, node_id)
      const peers = topics.get(topic) ?? new Map<string, Entry>()
      topics.set(topic, peers)
      peers.set(node_id, { registration, member, cancelExpiry: clock.after(lifeMs, () => drop(topic, node_id)) })
      count(member.address, 1)
      // a renewal is no news: the others get it with the answer to their own
      if (!previous || !sameAddresses(previous.registration, registration)) {
        tell(topic, node_id, { type: 'joined', topic, peer: registration })
      }
      return [...peers].flatMap(([nodeId, entry]) => (nodeId === node_id ? [] : [entry.registration]))
    },
    unregister: dropOwn,
    leave(member) {
      for (const topic of [...topics.keys()]) dropOwn(member, topic)
    },
    counts: () => ({ topics: topics.size, registrations: [...topics.values()].reduce((sum, peers) => sum + peers.size, 0) }),
  }
}
