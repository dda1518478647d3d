import { describe, expect, it } from 'vitest'
import { communityGet, communityRename } from '#protocol/community/capabilities.ts'
import { memberRenamed } from '#protocol/community/events.ts'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { createFakeClient } from './fake-client.ts'
import { createVillageNode } from './village-node.ts'

describe('the node that tests of screens talk to', () => {
  it('answers by the contracts, and refuses what they refuse', async () => {
    const node = createVillageNode({ stage: 'member', people: 41 })
    await expect(node.call(communityGet, {})).resolves.toMatchObject({ community: { name: 'Issum' } })
    expect((await node.call(nodePeers, {})).peers.length).toBeGreaterThan(30)
    await expect(node.call(communityRename, { display_name: '' })).rejects.toMatchObject({ code: 'schema_mismatch' })
  })

  it('says what changed to whoever watches, until they stop', async () => {
    const node = createVillageNode({ stage: 'member' })
    const stop = new AbortController()
    const watch = node.stream(eventsWatch, {}, { signal: stop.signal })
    const first = watch.next()
    await node.call(communityRename, { display_name: 'Anna B.' })
    expect(await first).toEqual({ done: false, value: { types: [memberRenamed.type] } })
    const last = watch.next()
    stop.abort()
    expect((await last).done).toBe(true)
    expect(node.callsOf(communityRename)).toEqual([{ display_name: 'Anna B.' }])
  })

  it('says so when it was told no answer, and stops waiting when the caller does', async () => {
    const node = createFakeClient()
    await expect(node.call(nodePeers, {})).rejects.toMatchObject({ code: 'not_implemented' })
    node.answer(nodePeers, () => new Promise(() => undefined))
    const stop = new AbortController()
    const asked = node.call(nodePeers, {}, { signal: stop.signal })
    stop.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('streams what it was told to, by the contract, and tells who speaks that the caller left', async () => {
    const node = createFakeClient()
    const question = { model: 'm', messages: [{ role: 'user' as const, content: '?' }] }
    await expect(node.stream(chat, question).next()).rejects.toMatchObject({ code: 'not_implemented' })
    let left = false
    node.answerStream(chat, async function* (_, signal) {
      signal.addEventListener('abort', () => {
        left = true
      })
      yield { frame: 'token_delta' as const, text: 'Ja' }
      return new Promise<never>(() => undefined)
    })
    const stop = new AbortController()
    const frames = node.stream(chat, question, { signal: stop.signal })
    expect(await frames.next()).toEqual({ done: false, value: { frame: 'token_delta', text: 'Ja' } })
    const next = frames.next()
    stop.abort()
    await expect(next).rejects.toMatchObject({ name: 'AbortError' })
    expect(left).toBe(true)
  })
})
