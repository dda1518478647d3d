import type { Stream, Wire } from './target.ts'

/** A connection that is made when it is first needed: who only signs needs none, and in a browser each costs a second. */
export function lateWire(connect: () => Promise<Wire>): Wire {
  const takers: (readonly [protocol: string, take: (stream: Stream) => void])[] = []
  let wire: Promise<Wire> | null = null

  async function made(): Promise<Wire> {
    const connected = await connect()
    for (const [protocol, take] of takers) connected.serve(protocol, take)
    return connected
  }
  const there = (): Promise<Wire> => {
    wire ??= made()
    return wire
  }
  return {
    boxAddresses: [],
    open: async (protocol, framing) => (await there()).open(protocol, framing),
    openAtBox: async (protocol) => (await there()).openAtBox(protocol),
    incoming: async (protocol, waitMs) => (await there()).incoming(protocol, waitMs),
    serve: (protocol, take) => void takers.push([protocol, take]),
    subscribe: async (topic) => (await there()).subscribe(topic),
    publish: async (topic, bytes) => (await there()).publish(topic, bytes),
    heard: async (waitMs) => (await there()).heard(waitMs),
    connected: async () => (await there()).connected(),
    reconnect: async () => (await there()).reconnect(),
    stop: async () => (await wire)?.stop(),
  }
}
