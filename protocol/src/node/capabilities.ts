import { communityFounded, memberJoined, memberRenamed } from '../community/events.ts'
import { defineCapability, TRUST_LEVELS } from '../core/capability.ts'
import { NodeManifestSchema } from '../core/manifest.ts'
import { CountSchema, NameSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { meshChanged, statusChanged } from './events.ts'

const Nothing = Strict({})

/** The encrypted seed as a file a person keeps (ID-5). */
export const RecoveryFileSchema = Strict({
  format: Type.Literal('hearthnet-recovery'),
  version: Type.Literal(1),
  node_id: NodeIdSchema,
  display_name: NameSchema,
  /** PBKDF2-HMAC-SHA-256 (RFC 8018) into an AES-256-GCM key. */
  kdf: Strict({
    name: Type.Literal('PBKDF2-SHA-256'),
    rounds: Type.Integer({ minimum: 600_000, maximum: 10_000_000 }),
    salt: Type.String(),
  }),
  cipher: Strict({ name: Type.Literal('AES-256-GCM'), iv: Type.String(), text: Type.String() }),
})

export const nodeStatus = defineCapability({
  name: 'node.status',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({
    identity: Type.Union([
      Type.Null(),
      Strict({
        node_id: NodeIdSchema,
        display_name: NameSchema,
        created_at: TimeSchema,
        /** `pending`: a recovery file can still be saved; `declined`: the seed is gone for good. */
        recovery: OneOf(['pending', 'saved', 'declined', 'restored']),
      }),
    ]),
    version: Type.String(),
    started_at: TimeSchema,
  }),
  answersFrom: [statusChanged, communityFounded, memberJoined, memberRenamed],
})

/** Makes this device's key pair (ID-1). Refused when there is one. */
export const identityCreate = defineCapability({
  name: 'node.identity.create',
  stability: 'stable',
  trust: 'self',
  maxConcurrent: 1,
  input: Strict({ display_name: NameSchema }),
  output: Strict({ node_id: NodeIdSchema }),
})

/** Encrypts the seed for safe keeping; possible until the person says the file is saved or declines (ID-5). */
export const recoveryExport = defineCapability({
  name: 'node.identity.recovery.export',
  stability: 'stable',
  trust: 'self',
  maxConcurrent: 1,
  timeoutSeconds: 60,
  input: Strict({ passphrase: Type.String({ minLength: 8, maxLength: 256 }) }),
  output: Strict({ file: RecoveryFileSchema }),
})

/** The person has the file, or wants none: the seed leaves this device (ID-5). */
export const recoverySettle = defineCapability({
  name: 'node.identity.recovery.settle',
  stability: 'stable',
  trust: 'self',
  input: Strict({ outcome: OneOf(['saved', 'declined']) }),
  output: Nothing,
})

export const identityRestore = defineCapability({
  name: 'node.identity.restore',
  stability: 'stable',
  trust: 'self',
  maxConcurrent: 1,
  timeoutSeconds: 60,
  input: Strict({ file: RecoveryFileSchema, passphrase: Type.String({ maxLength: 256 }) }),
  output: Strict({ node_id: NodeIdSchema }),
})

export const PeerSchema = Strict({
  node_id: NodeIdSchema,
  /** From the member list; null for a peer who is no member. */
  display_name: Type.Union([NameSchema, Type.Null()]),
  level: OneOf(TRUST_LEVELS),
  /** `direct` is a WebRTC connection between the two browsers; `relayed` goes through a box, encrypted end to end. */
  connection: OneOf(['direct', 'relayed', 'connecting', 'away']),
  /** Last measured round trip in milliseconds, null when none. */
  latency_ms: Type.Union([Type.Number(), Type.Null()]),
  /** Seconds by which the peer's clock is ahead of this device's, negative when behind; null while unknown or within two minutes (BUS-3). */
  clock_ahead_seconds: Type.Union([Type.Integer(), Type.Null()]),
  since: TimeSchema,
})

export const BoxStateSchema = Strict({
  multiaddr: Type.String(),
  state: OneOf(['connected', 'connecting', 'unreachable']),
  since: TimeSchema,
})

/** The mesh as this device sees it now. */
export const nodePeers = defineCapability({
  name: 'node.peers',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({ peers: Type.Array(PeerSchema), boxes: Type.Array(BoxStateSchema) }),
  answersFrom: [meshChanged, memberJoined, memberRenamed],
})

/** Nodes swap signed manifests on connecting and when theirs change (section 6). */
export const manifestExchange = defineCapability({
  name: 'node.manifest.exchange',
  stability: 'stable',
  trust: 'member',
  idempotent: true,
  input: Strict({ manifest: NodeManifestSchema }),
  output: Strict({ manifest: NodeManifestSchema }),
})

/** Sends back what came: for measuring a connection. */
export const nodeEcho = defineCapability({
  name: 'node.echo',
  stability: 'stable',
  trust: 'member',
  idempotent: true,
  input: Strict({ payload: Type.String({ maxLength: 65_536 }) }),
  output: Strict({ payload: Type.String() }),
})

/** Room taken and left on this device, in bytes. */
export const nodeStorage = defineCapability({
  name: 'node.storage',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({ usage_bytes: CountSchema, quota_bytes: CountSchema, persisted: Type.Boolean() }),
})

/** The last calls over the bus, newest first; never their content (BUS-5). */
export const nodeTraces = defineCapability({
  name: 'node.traces',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Strict({ limit: Type.Integer({ minimum: 1, maximum: 500 }) }),
  output: Strict({
    traces: Type.Array(
      Strict({
        at: TimeSchema,
        capability: Type.String(),
        /** Null when it was answered here. */
        provider: Type.Union([NodeIdSchema, Type.Null()]),
        /** Null when the person at this device called. */
        caller: Type.Union([NodeIdSchema, Type.Null()]),
        ms: Type.Number(),
        /** `ok` or an error code. */
        outcome: Type.String(),
      }),
    ),
  }),
})

/** Forgets identity, community and everything stored on this device. */
export const nodeErase = defineCapability({
  name: 'node.erase',
  stability: 'stable',
  trust: 'self',
  input: Strict({ confirm: Type.Literal('erase') }),
  output: Nothing,
})
