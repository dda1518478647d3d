import { HearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { PortEndpoint, PortMessage } from '../../port.ts'
import type { Bus, MessageLink } from '../bus/bus.ts'
import { createQueue, type Queue } from '../bus/queue.ts'

/** A MessagePort with listeners of `addEventListener` is silent until started; a BroadcastChannel needs no start. */
export type ScreenEndpoint = PortEndpoint & { start?(): void }

/**
 * Serves one screen: each call it opens becomes a link of its own, answered as a call by the person at this device.
 * @returns a function that ends the service; calls in progress see their caller go away
 */
export function serveScreen(bus: Pick<Bus, 'answer'>, endpoint: ScreenEndpoint): () => void {
  const calls = new Map<string, Queue<JsonValue>>()
  let gone = false

  function linkOf(call: string, messages: Queue<JsonValue>): MessageLink {
    let open = true
    const end = (): void => {
      if (open && !gone) endpoint.postMessage({ kind: 'end', call })
      open = false
      calls.delete(call)
    }
    return {
      messages,
      async send(message) {
        if (!open || gone) throw new HearthError('partition', 'the call is over')
        endpoint.postMessage({ kind: 'message', call, message })
      },
      close: async () => end(),
      abort: end,
    }
  }

  function open(call: string, request: JsonValue): void {
    if (calls.has(call)) return
    const messages = createQueue<JsonValue>()
    calls.set(call, messages)
    messages.push(request)
    bus.answer(linkOf(call, messages), null).catch((bug: unknown) => reportError(bug))
  }

  function receive({ data }: MessageEvent<PortMessage>): void {
    if (data.kind === 'open') open(data.call, data.message)
    else if (data.kind === 'message') calls.get(data.call)?.push(data.message)
    else calls.get(data.call)?.end()
  }

  endpoint.addEventListener('message', receive)
  endpoint.start?.()
  return () => {
    // a closed BroadcastChannel throws when posted to
    gone = true
    endpoint.removeEventListener('message', receive)
    for (const messages of calls.values()) messages.fail(new HearthError('partition', 'the screen is gone'))
    calls.clear()
  }
}
