import { ulid } from 'ulid'
import { AnswerSchema, errorFromWire, StreamFrameSchema } from '#protocol/core/bus.ts'
import type { Capability, Frame, Input, Output, Streaming } from '#protocol/core/capability.ts'
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
  /** A call that answers in frames, heard to its end. @throws HearthError what it was refused or ended with */
  hear<C extends Streaming>(capability: C, input: Input<C>): Promise<Heard<C>>
}

export interface Heard<C extends Streaming> {
  readonly frames: readonly Frame<C>[]
  readonly output: Output<C>
}

interface Asking {
  readonly shared: string
  readonly channel: string
  readonly atOnce: number
  readonly opens: readonly Extract<PortMessage, { kind: 'open' }>[]
}

const AT_ONCE = 8

/**
 * Runs in the page and attaches as a further tab does: a Web Lock says that it lives, a channel of its own carries its calls.
 * @returns all messages of each call
 */
async function ask(asking: string): Promise<JsonValue[][]> {
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
      const knock = () => ports.postMessage(request)
      // until it is answered, as a tab does
      const again = setInterval(knock, 1000)
      ports.onmessage = ({ data }: MessageEvent<PortRequest>) => {
        if (data.kind === 'node-started') knock()
        if (data.kind !== 'attached' || data.channel !== channel) return
        clearInterval(again)
        resolve()
      }
      knock()
    })
  const call = (open: Asking['opens'][number]): Promise<JsonValue[]> =>
    new Promise((resolve) => {
      const messages: JsonValue[] = []
      waiting.set(open.call, (message) => {
        messages.push(message)
        const { event, seq } = Object(message)
        if (event === 'data') {
          port.postMessage({ kind: 'message', call: open.call, message: { type: 'ack', upto: seq } })
          return
        }
        waiting.delete(open.call)
        port.postMessage({ kind: 'end', call: open.call })
        resolve(messages)
      })
      port.postMessage(open)
    })
  return navigator.locks.request(channel, async () => {
    await attach()
    const answers: JsonValue[][] = []
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

/** Data of a frame; a stream that never began or broke off ends with what it was refused with. */
function frameOf(message: JsonValue): JsonValue {
  if (typeof message === 'object' && message !== null && 'error' in message) return outputOf(message)
  const { event, data } = parseAs(StreamFrameSchema, message)
  return event === 'error' ? outputOf({ request_id: ulid(), error: data }) : data
}

/** A page of the app, whatever drives its browser. */
export interface AppPage {
  evaluate(run: typeof ask, asking: string): Promise<JsonValue[][]>
}

export function busOf(page: AppPage): PageBus {
  async function askAll<C extends Capability>(capability: C, inputs: readonly Input<C>[]): Promise<JsonValue[][]> {
    const opens = inputs.map((input) => openingOf(capability, input as JsonValue)) // schemas describe JSON
    const asking: Asking = { shared: PORTS_CHANNEL, channel: `${PORTS_CHANNEL}-${ulid()}`, atOnce: AT_ONCE, opens }
    return page.evaluate(ask, JSON.stringify(asking))
  }
  async function callEach<C extends Capability>(capability: C, inputs: readonly Input<C>[]): Promise<Output<C>[]> {
    const answers = await askAll(capability, inputs)
    return answers.flatMap((messages) => messages.map((answer) => outputOf(answer) as Output<C>)) // one each, by the node of this same build
  }
  return {
    callEach,
    async hear<C extends Streaming>(capability: C, input: Input<C>) {
      const [messages = []] = await askAll(capability, [input])
      const heard = messages.map(frameOf)
      return { frames: heard.slice(0, -1) as Frame<C>[], output: heard.at(-1) as Output<C> } // by the node of this same build
    },
    async call(capability, input) {
      const [output] = await callEach(capability, [input])
      if (output === undefined) throw new TypeError('one call has one answer')
      return output
    },
  }
}
