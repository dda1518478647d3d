import { describe, expect, it } from 'vitest'
import { parseNodeId } from '#protocol/core/ids.ts'
import { type Mesh, networkState } from './network-state.ts'

const SINCE = '2030-01-01T00:00:00.000Z'
const peer = (connection: Mesh['peers'][number]['connection']): Mesh['peers'][number] => ({
  node_id: parseNodeId(`ed25519:${'A'.repeat(43)}`),
  display_name: 'Ada',
  level: 'member',
  connection,
  clock_ahead_seconds: null,
  latency_ms: null,
  since: SINCE,
})
const box = (state: Mesh['boxes'][number]['state']): Mesh['boxes'][number] => ({
  multiaddr: '/dns4/box/tcp/443/wss',
  state,
  since: SINCE,
})
const see = (mesh: Mesh | null, online = true) => networkState({ phase: 'ready', mesh, online, member: true })

describe('the network as it is told', () => {
  it('claims nothing before the node has answered', () => {
    expect(see(null).kind).toBe('starting')
    expect(
      networkState({ phase: 'starting', mesh: { peers: [peer('direct')], boxes: [] }, online: true, member: true }).kind,
    ).toBe('starting')
  })

  it('counts only neighbours that are reached, and how', () => {
    const mesh = { peers: [peer('direct'), peer('direct'), peer('relayed'), peer('connecting'), peer('away')], boxes: [] }
    expect(see(mesh)).toMatchObject({ kind: 'neighbours', status: 'good', direct: 2, relayed: 1 })
  })

  it('believes neighbours that answer over a browser that says it is offline', () => {
    expect(see({ peers: [peer('direct')], boxes: [] }, false).kind).toBe('neighbours')
    expect(see({ peers: [peer('away')], boxes: [] }, false).kind).toBe('noNetwork')
  })

  it('tells apart: nobody there, still looking, box away, no box known', () => {
    expect(see({ peers: [], boxes: [box('unreachable'), box('connected')] })).toMatchObject({ kind: 'alone', status: 'idle' })
    expect(see({ peers: [], boxes: [box('unreachable'), box('connecting')] })).toMatchObject({
      kind: 'searching',
      status: 'busy',
    })
    expect(see({ peers: [], boxes: [box('unreachable')] })).toMatchObject({ kind: 'boxUnreachable', status: 'bad' })
    expect(see({ peers: [], boxes: [] })).toMatchObject({ kind: 'noBox', status: 'idle' })
  })

  it('makes no trouble of missing boxes and neighbours before there is a community to reach', () => {
    for (const boxes of [[], [box('unreachable')], [box('connected')]]) {
      expect(networkState({ phase: 'ready', mesh: { peers: [], boxes }, online: true, member: false })).toMatchObject({
        kind: 'ready',
        status: 'idle',
      })
    }
  })

  it('says so when the node has stopped, whoever was there before', () => {
    const mesh = { peers: [peer('direct')], boxes: [] }
    expect(networkState({ phase: 'failed', mesh, online: true, member: true })).toMatchObject({
      kind: 'stopped',
      status: 'bad',
    })
  })
})
