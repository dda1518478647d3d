import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Frame } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ChatEnding, ChatRequest } from '../../compute/port.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { createVillage, type Village, type Villager } from '../../testing/village.ts'
import { serveDistributedInference } from './service.ts'

const ENDING: ChatEnding = { reason: 'end', promptTokens: 3, tokens: 2, firstTokenMs: 5, tokensPerSecond: 40, backend: 'wasm' }
const ASK = { model: 'tiny', messages: [{ role: 'user', content: 'Hallo' }] } as const
const QUESTION = { ...ASK, messages: [...ASK.messages] }

const textOf = (frame: Frame<typeof chat>): string => (frame.frame === 'token_delta' ? frame.text : '')

/** A compute worker that says what it is told to. */
function createScript() {
  const requests: ChatRequest[] = []
  const state = { stopped: false }
  const client: Pick<ComputeClient, 'chat'> = {
    async *chat(_, request, signal) {
      requests.push(request)
      if (request.model === 'none') throw new HearthError('not_found', 'there is no model none on this device')
      signal.addEventListener('abort', () => {
        state.stopped = true
      })
      yield { text: 'Guten ', tokens: [1] }
      yield { text: 'Tag', tokens: [2] }
      if (request.maxTokens === 9) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return ENDING
    },
  }
  return { client, requests, state }
}

describe('experimental.distributed_llm', () => {
  let village: Village
  let ada: Villager
  let script: ReturnType<typeof createScript>
  beforeEach(async () => {
    script = createScript()
    const found = defineWorkerModule({
      contract,
      needs: ['bus', 'runtime'],
      start: async ({ bus, runtime }) => serveDistributedInference({ bus, runtime, compute: script.client }),
    })
    village = createVillage(1, () => [{ contract, load: async () => found }])
    ada = await village.arrive('Ada')
  })
  afterEach(() => ada.node.stop())
  const turnOn = (enabled: boolean) =>
    village.during(
      ada.node.bus.call(configSet, {
        distributed_llm: { enabled },
        policy: { research: { enable: true, enabled_capabilities: ['experimental.*'] } },
      }),
    )

  async function say(change: object = {}, signal?: AbortSignal) {
    const frames = ada.node.bus.stream(chat, { ...QUESTION, ...change }, signal ? { signal } : {})
    let text = ''
    for (;;) {
      const next = await frames.next()
      if (next.done) return { text, output: next.value }
      text += textOf(next.value)
    }
  }

  it('is not there until a person switches it on, and gone when they switch it off (BUS-2)', async () => {
    await expect(say()).rejects.toMatchObject({ code: 'experimental_disabled' })
    await turnOn(true)
    await expect(say()).resolves.toMatchObject({ text: 'Guten Tag' })
    await turnOn(false)
    await expect(say()).rejects.toMatchObject({ code: 'experimental_disabled' })
  })

  it('answers in frames, greedily where nothing else is said (DLM-3)', async () => {
    await turnOn(true)
    expect(await say()).toEqual({
      text: 'Guten Tag',
      output: {
        reason: 'end',
        prompt_tokens: 3,
        tokens: 2,
        first_token_ms: 5,
        tokens_per_second: 40,
        backend: 'wasm',
        failovers: 0,
        computed_by: 'local',
      },
    })
    await say({ sampling: { temperature: 0.7, seed: 9 }, max_tokens: 5, stop: ['\n'] })
    expect(script.requests).toMatchObject([
      { maxTokens: 512, stops: [], sampling: { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0 } },
      { maxTokens: 5, stops: ['\n'], sampling: { temperature: 0.7, seed: 9 } },
    ])
  })

  it('stops computing when the caller cancels (DLM-10)', async () => {
    await turnOn(true)
    const stop = new AbortController()
    const answer = say({ max_tokens: 9 }, stop.signal)
    const refused = expect(answer).rejects.toThrow()
    await village.until('it is under way', () => script.requests.length === 1)
    stop.abort()
    await refused
    await village.until('it stopped', () => script.state.stopped)
  })

  it('stops computing when nobody listens any more', async () => {
    await turnOn(true)
    for await (const frame of ada.node.bus.stream(chat, { ...QUESTION, max_tokens: 9 })) {
      expect(textOf(frame)).toBe('Guten ')
      break
    }
    await village.until('it stopped', () => script.state.stopped)
  })

  it('carries failures with their code', async () => {
    await turnOn(true)
    await expect(say({ model: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(say({ model: '../../etc' })).rejects.toMatchObject({ code: 'schema_mismatch' })
    await expect(say({ messages: [] })).rejects.toMatchObject({ code: 'schema_mismatch' })
  })
})
