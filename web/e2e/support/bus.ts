import type { Page } from '@playwright/test'
import { ulid } from 'ulid'
import { AnswerSchema, errorFromWire } from '#protocol/core/bus.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { PORTS_CHANNEL, type PortMessage, type PortRequest } from '../../../workers/port.ts'

/** The bus of the node in a page, called as the person at it: for what no screen does, or not three thousand times. */
export interface PageBus {
  /** @throws HearthError what the node refused with */
  call<C extends Capability>(capability: C, input: Input<C>): Promise<Output<C>>
  /** The same call once for each input, a few at a time. */
  callEach<C extends Capability>(capability: C, inputs: readonly Input<C>[]): Promise<Output<C>[]>
}

interface Asking {
  readonly shared: string
  readonly channel: string
  readonly atOnce: number
  readonly opens: readonly Extract<PortMessage, { kind: 'open' }>[]
}

const AT_ONCE = 8

/** Runs in the page and attaches as a further tab does: a Web Lock says that it lives, a channel of its own carries its calls. */
async function ask(asking: string): Promise<JsonValue[]> {
  const { shared, channel, atOnce, opens }: Asking = JSON.parse(asking)
  const ports = new BroadcastChannel(shared)
  const port = new BroadcastChannel(channel)
  const waiting = new Map<string, (answer: JsonValue) => void>()
  port.onmessage = ({ data }: MessageEvent<PortMessage>) => {
    if (data.kind === 'message') waiting.get(data.call)?.(data.message)
  }
  const attach = (): Promise<void> =>
    new Promise((resolve) => {
      const request: PortRequest = { kind: 'attach', channel }
      ports.onmessage = ({ data }: MessageEvent<PortRequest>) => {
        if (data.kind === 'attached' && data.channel === channel) resolve()
        if (data.kind === 'node-started') ports.postMessage(request)
      }
      ports.postMessage(request)
    })
  const call = (open: Asking['opens'][number]): Promise<JsonValue> =>
    new Promise((resolve) => {
      waiting.set(open.call, (answer) => {
        waiting.delete(open.call)
        port.postMessage({ kind: 'end', call: open.call })
        resolve(answer)
      })
      port.postMessage(open)
    })
  return navigator.locks.request(channel, async () => {
    await attach()
    const answers: JsonValue[] = []
    let next = 0
    const work = async (): Promise<void> => {
      for (let at = next++; at < opens.length; at = next++) {
        const open = opens[at]
        if (open) answers[at] = await call(open)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    ports.close()
    port.close()
    return answers
  })
}

function openingOf(capability: Capability, input: JsonValue): Asking['opens'][number] {
  const call = ulid()
  const timestamp = wireTime(Date.now())
  const { name, version } = capability
  const message = { capability: name, version, request_id: call, community: null, timestamp, body: { params: {}, input } }
  return { kind: 'open', call, message }
}

function outputOf(message: JsonValue): JsonValue {
  const answer = parseAs(AnswerSchema, message)
  if ('error' in answer) throw errorFromWire(answer.error)
  return answer.output
}

export function busOf(page: Page): PageBus {
  async function callEach<C extends Capability>(capability: C, inputs: readonly Input<C>[]): Promise<Output<C>[]> {
    const opens = inputs.map((input) => openingOf(capability, input as JsonValue)) // schemas describe JSON
    const asking: Asking = { shared: PORTS_CHANNEL, channel: `${PORTS_CHANNEL}-${ulid()}`, atOnce: AT_ONCE, opens }
    const answers = await page.evaluate(ask, JSON.stringify(asking))
    return answers.map((answer) => outputOf(answer) as Output<C>) // by the node of this same build
  }
  return {
    callEach,
    async call(capability, input) {
      const [output] = await callEach(capability, [input])
      if (output === undefined) throw new TypeError('one call has one answer')
      return output
    },
  }
}
