import type { CommunityId, NodeId } from '../core/ids.ts'
import type { JsonValue } from '../core/json.ts'
import type { UnsignedReport } from './report.ts'

/**
 * Where the suite meets the app that runs it on itself (X09, target `loopback`). The app gives fresh nodes of its own
 * code, in memory: nothing of the person's is touched. The suite is found as `conformance/loopback/suite.ts`, export
 * `suite`; where that file is absent the app answers `protocol_suite_not_installed`.
 */
export interface ConformanceSuite {
  readonly version: string
  run(host: LoopbackHost, options: SuiteOptions): Promise<UnsignedReport>
}

export interface SuiteOptions {
  readonly seed: number
  /** Names of sections, or their beginnings; all of them when left out. */
  readonly sections?: readonly string[]
  /** Aborts when the person stops the run; `run` then rejects with the signal's reason. */
  readonly signal: AbortSignal
  readonly progress: (progress: SuiteProgress) => void
}

export interface SuiteProgress {
  readonly done: number
  readonly total: number
  readonly failed: number
  /** The case that runs now. */
  readonly current: string
}

/** Messages of one bus call, both ways, as parsed JSON; `messages` ends when the other side is done or gone. */
export interface LoopbackLink {
  send(message: JsonValue): Promise<void>
  readonly messages: AsyncIterable<JsonValue>
  close(): Promise<void>
  abort(): void
}

/** A stream of whole frames (their length prefixes are gone) of any protocol a node serves. */
export interface LoopbackStream {
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>
  readonly frames: AsyncIterable<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
  abort(): void
}

/** A node under test: started, with an identity, in no community. */
export interface LoopbackNode {
  readonly nodeId: NodeId
  /** Opens a call. @param peer whom the connection proves to be calling; null is the person at the node */
  open(peer: NodeId | null): LoopbackLink
  /** Stops it and starts it again on what it had stored. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Somebody else on the same network in memory, played by the suite. */
export interface LoopbackPeer {
  readonly nodeId: NodeId
  /** Comes to a community's topic; nodes of the same topic reach each other a moment later. */
  enter(community: CommunityId): void
  reaches(node: NodeId): boolean
  /** @throws HearthError `partition`, `not_implemented` */
  openStream(to: NodeId, protocol: string): Promise<LoopbackStream>
  /** Serves a protocol to the node under test. @returns a function that withdraws it */
  serve(protocol: string, handle: (stream: LoopbackStream, from: NodeId) => void): () => void
  /** Publishes on the topic's gossip. */
  publish(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  onGossip(hear: (bytes: Uint8Array<ArrayBuffer>) => void): void
  leave(): void
}

/** What became of a vector's input: what comes out, or the code it is refused with. */
export type CodecVerdict = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly code: string }

/** The app's own functions: operations of the areas that `conformance/vectors/README.md` names. */
export interface LoopbackCodec {
  run(area: string, operation: string, input: JsonValue): Promise<CodecVerdict>
}

export interface LoopbackHost {
  /** Null where they cannot be reached. */
  readonly codec: LoopbackCodec | null
  startNode(name: string): Promise<LoopbackNode>
  peer(nodeId: NodeId): LoopbackPeer
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`; for waiting until something is so. */
  delay(ms: number): Promise<void>
}
