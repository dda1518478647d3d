import type { Capability, Frame, Input, Output, Streaming } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import type { AskOptions, NodeClient } from '../port/client.ts'

type Answerer = (input: unknown) => unknown
type Streamer = (input: unknown, signal: AbortSignal) => AsyncGenerator<unknown, unknown>

/** A node in memory: answers what a test tells it to, checked against the contracts, and says what changed. */
export interface FakeClient extends NodeClient {
  /** Sets the answer to a capability; throw a HearthError in it to refuse. Later answers replace earlier ones. */
  answer<C extends Capability>(capability: C, answerer: (input: Input<C>) => Output<C> | Promise<Output<C>>): void
  /** Sets what a streaming capability says; `signal` aborts when the caller leaves. */
  answerStream<C extends Streaming>(
    capability: C,
    streamer: (input: Input<C>, signal: AbortSignal) => AsyncGenerator<Frame<C>, Output<C>>,
  ): void
  /** Tells every watching screen that these events arrived. */
  emit(...events: readonly EventDefinition[]): void
  /** Inputs a capability was called with, oldest first. */
  callsOf<C extends Capability>(capability: C): readonly Input<C>[]
}

/** Frames pushed from outside, read one by one. */
function createFeed(signal: AbortSignal | undefined) {
  const waiting: unknown[] = []
  let wake = (): void => undefined
  signal?.addEventListener('abort', () => wake())
  return {
    push(frame: unknown): void {
      waiting.push(frame)
      wake()
    },
    async *frames(): AsyncGenerator<unknown, void> {
      while (!signal?.aborted) {
        const frame = waiting.shift()
        if (frame !== undefined) yield frame
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

/** Rejects when the caller gives up, as the port does. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

export function createFakeClient(): FakeClient {
  const answerers = new Map<string, Answerer>()
  const streamers = new Map<string, Streamer>()
  const calls = new Map<string, unknown[]>()
  const feeds = new Set<ReturnType<typeof createFeed>>()

  async function answerTo(capability: Capability, input: unknown): Promise<unknown> {
    const answerer = answerers.get(capability.name)
    if (!answerer) throw new HearthError('not_implemented', `the fake has no answer to ${capability.name}`)
    const checked = parseAs(capability.input, input)
    calls.set(capability.name, [...(calls.get(capability.name) ?? []), checked])
    return parseAs(capability.output, await answerer(checked), 'internal_error')
  }

  return {
    answer(capability, answerer) {
      answerers.set(capability.name, answerer as Answerer) // inputs are checked against this capability's schema first
    },
    answerStream(capability, streamer) {
      streamers.set(capability.name, streamer as Streamer) // as above
    },
    emit(...events) {
      for (const feed of feeds) feed.push({ types: events.map(({ type }) => type) })
    },
    callsOf<C extends Capability>(capability: C) {
      return (calls.get(capability.name) ?? []) as Input<C>[] // as they were checked
    },
    call<C extends Capability>(capability: C, input: Input<C>, { signal }: AskOptions = {}): Promise<Output<C>> {
      return unlessAborted(answerTo(capability, input) as Promise<Output<C>>, signal) // checked against its output schema
    },
    async *stream<C extends Streaming>(
      capability: C,
      input: Input<C>,
      { signal }: AskOptions = {},
    ): AsyncGenerator<Frame<C>, Output<C>> {
      if (capability.name !== eventsWatch.name) {
        const streamer = streamers.get(capability.name)
        if (!streamer) throw new HearthError('not_implemented', `the fake streams no ${capability.name}`)
        const left = new AbortController()
        signal?.addEventListener('abort', () => left.abort())
        try {
          const frames = streamer(parseAs(capability.input, input), left.signal)
          for (;;) {
            const next = await unlessAborted(frames.next(), signal)
            if (next.done) return parseAs(capability.output, next.value, 'internal_error') as Output<C> // as it was checked
            yield parseAs(capability.stream, next.value, 'internal_error') as Frame<C> // as it was checked
          }
        } finally {
          left.abort()
        }
      }
      const feed = createFeed(signal)
      feeds.add(feed)
      try {
        for await (const frame of feed.frames()) yield frame as Frame<C> // pushed by `emit`
        return {} as Output<C> // the output of `events.watch` is empty
      } finally {
        feeds.delete(feed)
      }
    },
    close: () => feeds.clear(),
  }
}
