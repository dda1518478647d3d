import { concat, utf8 } from '../../../client/encoding.ts'
import { frame, varint } from '../../../client/frames.ts'
import { ANSWER_MS, BUS, nextJson, type Peer, SYNC } from '../../../client/peer.ts'
import { type Case, ensure, member, outcomeOf } from '../../../harness/case.ts'
import type { Stream } from '../../../harness/target.ts'

const LIMIT = 4 * 1024 * 1024
const encode = (value: unknown): Uint8Array => utf8(JSON.stringify(value))
const asking = (peer: Peer): Uint8Array => encode(peer.request('node.echo', { payload: 'x' }))

async function raw(peer: Peer, protocol = BUS): Promise<Stream & { readonly write: NonNullable<Stream['write']> }> {
  const stream = await peer.line.open(protocol)
  const { write } = stream
  if (!write) throw new Error('this target does not offer bytes')
  return { ...stream, write }
}

/** Bytes below the frames, and whether an echo comes back. */
const pieces = (id: string, title: string, cut: (whole: Uint8Array) => readonly Uint8Array[]): Case => ({
  id,
  title,
  needs: ['bytes'],
  async run({ peer }) {
    const caller = await peer('member')
    const stream = await raw(caller)
    for (const piece of cut(frame(asking(caller)))) await stream.write(piece)
    const answer = await nextJson(stream)
    stream.abort()
    ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
  },
})

/** Bytes that no frame begins with, or that never become one: refused or hung up on, and the node goes on. */
const refusedBytes = (id: string, title: string, bytes: () => Uint8Array, protocol = BUS): Case => ({
  id,
  title,
  needs: ['bytes'],
  async run({ peer, note }) {
    const caller = await peer('member')
    const stream = await raw(caller, protocol)
    await stream.write(bytes()).catch(() => note('hung up while writing'))
    const next = await stream.next(ANSWER_MS)
    stream.abort()
    if (next.kind === 'frame') {
      const answer = JSON.parse(new TextDecoder().decode(next.bytes))
      const code = protocol === BUS ? outcomeOf(answer) : member(answer, 'code')
      ensure(code === 'bad_request', 'bad_request or a closed stream', answer)
    } else ensure(next.kind !== 'silence', 'bad_request or a closed stream', next.kind)
    ensure(outcomeOf(await caller.ask('node.echo', { payload: 'y' })) === 'ok', 'the next call is served', '')
  },
})

export const cases: readonly Case[] = [
  pieces('TRA-5.byte-by-byte', 'A receiver does not depend on how frames are cut into packets: every byte alone', (whole) =>
    Array.from({ length: Math.min(whole.length, 40) }, (_, at) => (at === 39 ? whole.slice(39) : whole.slice(at, at + 1))),
  ),
  pieces('TRA-5.length-cut', 'A length that arrives in two packets is one length', (whole) => [
    whole.slice(0, 1),
    whole.slice(1),
  ]),
  pieces('TRA-5.halves', 'A frame in two halves is one frame', (whole) => [
    whole.slice(0, whole.length >> 1),
    whole.slice(whole.length >> 1),
  ]),
  pieces('TRA-5.with-a-cancel-behind', 'A frame that follows in the same packet is read on its own', (whole) => [
    concat(whole, frame(encode({ type: 'nothing we know' }))).slice(0, whole.length),
  ]),
  refusedBytes('TRA-6.over-the-limit', 'A length over 4 MiB is refused before the bytes come', () => varint(LIMIT + 1)),
  refusedBytes('TRA-6.absurd-length', 'A length of 34 bits is refused', () => varint(2 ** 34)),
  refusedBytes('TRA-6.endless-length', 'A length that never ends is refused', () => new Uint8Array(12).fill(0xff)),
  refusedBytes('TRA-6.sync-over-the-limit', 'The limit holds for sync as well', () => varint(LIMIT + 1), SYNC),
  {
    id: 'TRA-6.large-within-limit',
    title: 'A request of 64 KiB of payload is within the limit and answered whole',
    needs: ['wire'],
    async run({ peer }) {
      const payload = 'ü'.repeat(32_768) + 'x'.repeat(32_768)
      const answer = await (await peer('member')).ask('node.echo', { payload: payload.slice(0, 65_536) })
      ensure(String(member(answer, 'output', 'payload')).length === 65_536, '65,536 characters', outcomeOf(answer))
    },
  },
  {
    id: 'TRA-6.over-the-limit-whole',
    title: 'A frame of more than 4 MiB that comes whole is not served',
    needs: ['wire'],
    async run({ lent }) {
      const caller = await lent('member')
      const { frames } = await caller.talk(BUS, [new Uint8Array(LIMIT + 1).fill(0x20)], ANSWER_MS)
      ensure(
        frames.every((answer) => outcomeOf(answer) === 'bad_request'),
        'bad_request or nothing',
        frames,
      )
      ensure(outcomeOf(await caller.ask('node.echo', { payload: 'y' })) === 'ok', 'the next call is served', '')
    },
  },
  {
    id: 'TRA-6.over-the-limit-and-right',
    title: 'A request that is right but for being larger than 4 MiB is not served',
    needs: ['wire'],
    async run({ lent }) {
      const caller = await lent('member')
      const padded = new Uint8Array(LIMIT + 1).fill(0x20)
      padded.set(asking(caller))
      const { frames } = await caller.talk(BUS, [padded], ANSWER_MS)
      ensure(
        frames.every((answer) => outcomeOf(answer) === 'bad_request'),
        'bad_request or nothing',
        frames,
      )
    },
  },
  {
    id: 'TRA-6.lost-inside-a-frame',
    title: 'A stream that ends inside a frame is not taken for a call',
    needs: ['bytes'],
    async run({ peer }) {
      const caller = await peer('member')
      const stream = await raw(caller)
      await stream.write(frame(asking(caller)).slice(0, -3))
      await stream.end()
      const next = await stream.next(ANSWER_MS)
      ensure(
        next.kind !== 'frame' || outcomeOf(JSON.parse(new TextDecoder().decode(next.bytes))) !== 'ok',
        'no output',
        next.kind,
      )
      ensure(next.kind !== 'silence', 'an end', next.kind)
      stream.abort()
    },
  },
  {
    id: 'TRA-7.half-closed',
    title: 'A caller who closes its writing half after asking is answered',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const stream = await caller.line.open(BUS)
      await stream.send(asking(caller))
      await stream.end()
      const answer = await nextJson(stream)
      stream.abort()
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
    },
  },
  {
    id: 'TRA-1.unknown-protocol',
    title: 'A protocol of another major version is not spoken',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const opened = await caller.line.open('/hearthnet/bus/9.0.0').then(
        async (stream) => {
          await stream.send(asking(caller)).catch(() => undefined)
          return (await stream.next(ANSWER_MS)).kind
        },
        () => 'refused',
      )
      ensure(opened !== 'frame' && opened !== 'silence', 'a refusal', opened)
    },
  },
  {
    id: 'TRA-3.reconnect',
    title: 'A peer that hangs up and dials again is served',
    needs: ['wire'],
    async run({ fresh }) {
      const caller = await fresh('member')
      await caller.line.reconnect()
      ensure(outcomeOf(await caller.ask('node.echo', { payload: 'again' })) === 'ok', 'an answer', '')
    },
  },
]
