import type { Bytes, Identity, Json } from '../client/encoding.ts'

/** What a target lets the suite do. A case that needs more than there is, is skipped with that as the reason. */
export const FEATURES = {
  call: 'bus requests as a peer sends them',
  wire: 'streams of an authenticated connection',
  bytes: 'the bytes below the frames of a stream',
  sync: 'reconciliation of the event log',
  gossip: 'live events',
  between: 'peers that have no other way to each other',
  inbound: 'what the system under test opens by itself',
  box: 'the rendezvous of the box that the system uses',
  person: 'the seat of the person at the device',
  guest: 'a second system of the same kind, with the seat of its person',
  stream: 'streaming calls from that seat',
  restart: 'a clean stop and a start',
  kill: 'an end without a goodbye, and a start',
  codec: 'its canonical form, ids and signatures as functions',
  'self-test': 'a run of the suite by the system on itself',
} as const
export type Feature = keyof typeof FEATURES

/** What the other side of a stream did next. */
export type Heard =
  | { readonly kind: 'frame'; readonly bytes: Bytes }
  /** It said that no more comes. */
  | { readonly kind: 'end' }
  /** It hung up, or the connection is gone. */
  | { readonly kind: 'reset' }
  /** Nothing in the time that was given. */
  | { readonly kind: 'silence' }

/** Whether a stream's messages have a length before them (TRA-5), or delimit themselves and are handed on as they come. */
export type Framing = 'length' | 'none'

/** Frames both ways: an unsigned-varint length and that many bytes (BUS-3). */
export interface Stream {
  /** @throws Error when the other side hung up */
  send(frame: Uint8Array): Promise<void>
  /** Bytes as they are, without a length before them; only with `bytes`. */
  readonly write?: (bytes: Uint8Array) => Promise<void>
  next(waitMs: number): Promise<Heard>
  /** No more comes from this side. */
  end(): Promise<void>
  abort(): void
}

/** One identity with its own connection to the system under test. */
export interface Wire {
  /** @throws Error when the other side does not speak the protocol or the connection is gone */
  open(protocol: string, framing?: Framing): Promise<Stream>
  /** The next stream of this protocol that the system opens to this peer, or null in that time. */
  incoming(protocol: string, waitMs: number): Promise<Stream | null>
  /** From now on takes the streams of this protocol that the system opens; they do not come as `incoming`. */
  serve(protocol: string, take: (stream: Stream) => void): void
  subscribe(topic: string): Promise<void>
  publish(topic: string, bytes: Uint8Array): Promise<void>
  /** The next message on any topic, or null in that time. */
  heard(waitMs: number): Promise<Bytes | null>
  /** A stream to the box in between (BUS-7). */
  openAtBox(protocol: string): Promise<Stream>
  readonly boxAddresses: readonly string[]
  /** Whether a connection to the system stands now. */
  connected(): Promise<boolean>
  reconnect(): Promise<void>
  /** Hangs up on the boxes that introduced it, which have places for so many of one address; the connection to the system stays. */
  leaveBoxes?(): Promise<void>
  stop(): Promise<void>
}

/** The person at the device. */
export interface Seat {
  /** @returns the answer as the wire would carry it: `{output}` or `{error}` */
  ask(capability: string, input: Json, version?: string): Promise<Json>
  /** A streaming call; only with `stream`. */
  readonly open?: (capability: string, input: Json) => Promise<Talk>
}

/** The person at a second device, until it is put away. */
export interface Guest {
  readonly nodeId: string
  readonly seat: Seat
  stop(): Promise<void>
}

/** Messages of one call, both ways. */
export interface Talk {
  say(message: Json): Promise<void>
  /** The next message; null when there is none in that time, or no more. */
  hear(waitMs: number): Promise<Json | null>
  abort(): void
}

export type Verdict = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: string }

/** The system's own functions, where the suite can reach them: operations as `vectors/README.md` has them. */
export interface Codec {
  run(area: string, operation: string, input: Json): Promise<Verdict>
}

/** A system under test. An outsider who adds a kind of target implements this, and nothing else. */
export interface Target {
  readonly kind: string
  readonly features: ReadonlySet<Feature>
  readonly nodeId: string
  /** Null while it is in no community. */
  readonly community: string | null
  /** An invite token with enough uses for the run, at this level; null where none can be had. */
  invite(level: 'member' | 'trusted'): Promise<{ readonly token: string; readonly lamport: number } | null>
  /** @throws Error without `wire` */
  connect(identity: Identity): Promise<Wire>
  /** One signed request over a binding without connections; the answer, or null where it gave none. @throws Error without `call` */
  post?(body: Bytes): Promise<Json | null>
  readonly seat: Seat | null
  readonly codec: Codec | null
  /** A second system of the same kind, joined by this invite link (COM-2): its person is no founder. @throws Error without `guest` */
  guest?(invite: string): Promise<Guest>
  /** Ends it without a goodbye and starts it again on what it has stored. */
  kill?(): Promise<void>
  /** A clean stop and a start. */
  restart?(): Promise<void>
  /** Errors that nobody may cause: uncaught ones, on the console. */
  problems(): readonly string[]
  stop(): Promise<void>
}
