import type { Capability, Frame, Input, Output, Streaming, TrustLevel } from '#protocol/core/capability.ts'
import type { ErrorCode } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { FederationManifest } from '#protocol/protocol/federation.ts'

/** Who calls. `self` is a screen of this device. */
export interface Caller {
  /** This node's own id for `self`, or null before there is an identity. */
  readonly nodeId: NodeId | null
  readonly level: TrustLevel
  /** The other community that a caller over federation speaks for (FDR-4); absent for everyone else. */
  readonly community?: CommunityId
}

export interface CallContext {
  readonly caller: Caller
  /** Aborts on cancel, on timeout and when the caller goes away. */
  readonly signal: AbortSignal
}

export type Handler<C extends Capability> = (input: Input<C>, context: CallContext) => Promise<Output<C>>
/** Yields frames, then returns the output that goes out as `done`. */
export type StreamHandler<C extends Streaming> = (input: Input<C>, context: CallContext) => AsyncGenerator<Frame<C>, Output<C>>

export interface CallOptions {
  /** Call this node and no other. Without it the router picks a provider (BUS-5). */
  readonly to?: NodeId
  readonly signal?: AbortSignal
  /** A token that grants the call (section 7). */
  readonly token?: string
  /** The call goes to another community, so it is signed (FDR-4). */
  readonly signed?: boolean
  /** Calls of one session stay with the provider that took the first, while it can (BUS-5). */
  readonly session?: string
}

/**
 * Messages of one call, both ways, already parsed: over a libp2p stream, a MessagePort or in memory. JSON in, JSON out;
 * `messages` ends when the other side is done or gone.
 */
export interface MessageLink {
  send(message: JsonValue): Promise<void>
  readonly messages: AsyncIterable<JsonValue>
  close(): Promise<void>
  abort(): void
}

/** The one bus of a node: every client of every capability, near or far, goes through here (section 6). */
export interface Bus {
  /** Registers a handler. @returns a function that withdraws it (BUS-2). @throws when the name is taken */
  handle<C extends Capability>(capability: C, handler: Handler<C>): () => void
  handleStream<C extends Streaming>(capability: C, handler: StreamHandler<C>): () => void
  /** Whether this node serves the capability now. */
  serves(name: string): boolean
  /** Calls as the person at this device. @throws HearthError with the contract's codes */
  call<C extends Capability>(capability: C, input: Input<C>, options?: CallOptions): Promise<Output<C>>
  stream<C extends Streaming>(capability: C, input: Input<C>, options?: CallOptions): AsyncGenerator<Frame<C>, Output<C>>
  /** Answers one call that arrives on `link` (BUS-3, BUS-4). `peer` is what the connection proved; null is a screen. */
  answer(link: MessageLink, peer: NodeId | null): Promise<void>
}

/** What the bus asks of the rest of the node. */
export interface BusDeps {
  /** This node, or null before there is an identity. */
  readonly self: () => NodeId | null
  readonly community: () => CommunityId | null
  readonly levelOf: (peer: NodeId) => TrustLevel | 'revoked'
  /** Whether a name belongs to a module that is switched off: then `experimental_disabled` (BUS-2). */
  readonly isDisabled: (capability: string) => boolean
  /** Opens a link to a peer for one call. @throws HearthError `partition` */
  readonly open: (peer: NodeId, signal: AbortSignal) => Promise<MessageLink>
  /** Peers that announce a capability at a version that serves, nearest first (BUS-5). */
  readonly providers: (
    capability: Capability,
  ) => readonly { readonly nodeId: NodeId; readonly latencyMs: number | null; readonly load: number }[]
  /** Whether a token's `jti` is revoked or its issuer no member (section 7). */
  readonly isTokenHonoured: (token: { readonly jti: string; readonly iss: NodeId }) => boolean
  /** Signs calls that leave their connection (BUS-9); null before there is an identity. */
  readonly signer?: () => Signer | null
  /** What this community agreed on with another and stands by today (FDR-1); null without. */
  readonly agreementWith?: (community: CommunityId) => FederationManifest | null
  /** How far a caller's clock is from ours, in milliseconds, as its request says: never a reason to refuse (BUS-3). */
  readonly onClock?: (peer: NodeId, aheadMs: number) => void
  /** A peer went over a hard limit (BUS-6): at most once a second for each. */
  readonly onAbuse?: (peer: NodeId) => void
}

/** One call as it is remembered (BUS-5): who, what and how it went, never what was said. */
export interface Trace {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly capability: string
  /** Null when it was answered here. */
  readonly provider: NodeId | null
  /** Null when the person at this device called. */
  readonly caller: NodeId | null
  readonly ms: number
  readonly outcome: 'ok' | ErrorCode
}

/** What the node's own modules may ask of the bus beside calling and serving. */
export interface BusMonitor {
  /** The newest calls, newest first (BUS-5). */
  traces(limit: number): readonly Trace[]
  /** Calls being answered now: the manifest's `load`. */
  load(): number
  /** What has a handler here, switched off or not. */
  served(): readonly Capability[]
}
