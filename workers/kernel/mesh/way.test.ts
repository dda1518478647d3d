import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createSignal } from '../signal.ts'
import type { Link } from './links.ts'
import { wayTo } from './way.ts'

const PEER = 'ed25519:peer' as NodeId
// what a way looks at: where the connection leads
const over = (address: string): Connection => ({ remoteAddr: multiaddr(address) }) as unknown as Connection
const RELAYED = over('/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWHrnY1bEM6dfX49rLutqWHZ4NBBYYiXYkCGrEaBf8p1n4/p2p-circuit')
const DIRECT = over('/webrtc/p2p/12D3KooWHrnY1bEM6dfX49rLutqWHZ4NBBYYiXYkCGrEaBf8p1n4')

function scene(options: { readonly first?: Connection; readonly hopeful: boolean }) {
  const runtime = createSeededRuntime(3)
  const changed = createSignal<Link>()
  let best = options.first
  const deps = { runtime, links: { best: () => best, changed }, dialer: { hopeful: () => options.hopeful } }
  const controller = new AbortController()
  return {
    runtime,
    controller,
    to: (direct: boolean) => wayTo(deps, PEER, direct, controller.signal),
    become(connection: Connection | undefined) {
      best = connection
      changed.emit({ nodeId: PEER, kind: connection === DIRECT ? 'direct' : connection ? 'relayed' : 'none', since: 0 })
    },
  }
}

describe('the way of a new stream', () => {
  it('is the relay at once, where it need not be direct', async () => {
    expect(await scene({ first: RELAYED, hopeful: true }).to(false)).toBe(RELAYED)
  })

  it('is the direct one that is being made, where it carries much: a relay would cut it off', async () => {
    const { to, become } = scene({ first: RELAYED, hopeful: true })
    const way = to(true)
    become(DIRECT)
    expect(await way).toBe(DIRECT)
  })

  it('is the relay after all when nothing direct comes within three seconds', async () => {
    const { to, runtime } = scene({ first: RELAYED, hopeful: true })
    const way = to(true)
    await runtime.advance(3_000)
    expect(await way).toBe(RELAYED)
  })

  it('is the relay at once when no direct one is in sight', async () => {
    expect(await scene({ first: RELAYED, hopeful: false }).to(true)).toBe(RELAYED)
  })

  it('waits for whoever is dialled just now, and ends with the call', async () => {
    const { to, become, controller } = scene({ hopeful: true })
    const [way, other] = [to(true), to(true)]
    become(RELAYED)
    become(DIRECT)
    expect(await way).toBe(DIRECT)
    await other
    const late = scene({ hopeful: true })
    const never = late.to(true)
    late.controller.abort()
    await expect(never).rejects.toMatchObject({ code: 'partition' })
    controller.abort()
  })
})
