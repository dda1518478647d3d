import { describe, expect, it } from 'vitest'
import type { NodeId, Signature } from '#protocol/core/ids.ts'
import {
  RENDEZVOUS_MAX_FRAME_BYTES,
  RENDEZVOUS_MAX_PER_ADDRESS,
  RENDEZVOUS_MAX_PER_TOPIC,
  type Registration,
  type RendezvousMessage,
} from '#protocol/core/rendezvous.ts'
import { answerFrames } from './frames.ts'
import { createRegistry, type Member } from './registry.ts'

const clock = { now: () => 0, after: () => () => {} }
const registration = (topic: string, node: number, multiaddrs: string[] = []): Registration => ({
  topic,
  node_id: `ed25519:${node}` as NodeId,
  multiaddrs,
  expires_at: '2030-01-01T00:00:00Z',
  signature: 'ed25519:x' as Signature,
})
const memberAt = (address: string): Member & { heard: RendezvousMessage[] } => {
  const heard: RendezvousMessage[] = []
  return { address, heard, push: (message) => heard.push(message) }
}

describe('the registry (BUS-7)', () => {
  it('holds so many registrations per topic and no more, but renews when full', () => {
    const registry = createRegistry({ clock })
    for (let i = 0; i < RENDEZVOUS_MAX_PER_TOPIC; i++) registry.register(memberAt(`a${i}`), registration('t', i), 1)
    const full = () => registry.register(memberAt('late'), registration('t', -1), 1)
    expect(full).toThrow(expect.objectContaining({ code: 'capacity_exceeded' }))
    expect(registry.register(memberAt('a0'), registration('t', 0), 1)).toHaveLength(RENDEZVOUS_MAX_PER_TOPIC - 1)
  })

  it('holds so many registrations per address and no more, until one leaves', () => {
    const registry = createRegistry({ clock })
    const member = memberAt('192.0.2.1')
    for (let i = 0; i < RENDEZVOUS_MAX_PER_ADDRESS; i++) registry.register(member, registration(`t${i}`, 1), 1)
    const more = () => registry.register(memberAt('192.0.2.1'), registration('more', 2), 1)
    expect(more).toThrow(expect.objectContaining({ code: 'capacity_exceeded' }))
    registry.unregister(member, 't0')
    expect(more()).toEqual([])
  })

  it('gives a node to its newest stream: the old one closing does not make it leave', () => {
    const registry = createRegistry({ clock })
    const [old, fresh, watcher] = [memberAt('a'), memberAt('a'), memberAt('b')]
    registry.register(watcher, registration('t', 0), 1)
    registry.register(old, registration('t', 1), 1)
    registry.register(fresh, registration('t', 1), 1)
    registry.leave(old)
    expect(registry.counts()).toEqual({ topics: 1, registrations: 2 })
    expect(watcher.heard.map(({ type }) => type)).toEqual(['joined'])
    registry.leave(fresh)
    expect(watcher.heard.map(({ type }) => type)).toEqual(['joined', 'left'])
  })

  it('tells the others when the addresses of a peer change', () => {
    const registry = createRegistry({ clock })
    const [mover, watcher] = [memberAt('a'), memberAt('b')]
    registry.register(watcher, registration('t', 0), 1)
    registry.register(mover, registration('t', 1, ['/ip4/192.0.2.1/tcp/1']), 1)
    registry.register(mover, registration('t', 1, ['/ip4/192.0.2.2/tcp/1']), 1)
    expect(watcher.heard).toHaveLength(2)
    expect(mover.heard).toEqual([])
  })

  it('knows nothing any more when all have left', () => {
    const registry = createRegistry({ clock })
    const member = memberAt('a')
    registry.register(member, registration('t', 1), 1)
    registry.register(member, registration('u', 1), 1)
    registry.leave(member)
    expect(registry.counts()).toEqual({ topics: 0, registrations: 0 })
  })
})

describe('an answer to a registration', () => {
  it('names every peer in frames of the allowed size, however many there are', () => {
    const long = Array.from({ length: 16 }, (_, i) => `/${i}`.padEnd(512, 'x'))
    const others = Array.from({ length: RENDEZVOUS_MAX_PER_TOPIC - 1 }, (_, i) => registration('t', i, long))
    const frames = answerFrames('t', others)
    const named = frames.flatMap((frame) =>
      frame.type === 'registered' ? frame.peers : frame.type === 'joined' ? [frame.peer] : [],
    )
    expect(named).toEqual(others)
    for (const frame of frames) expect(JSON.stringify(frame).length).toBeLessThanOrEqual(RENDEZVOUS_MAX_FRAME_BYTES)
  })
})
