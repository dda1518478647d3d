import type { Static, TSchema } from '@sinclair/typebox'
import type { ErrorCode } from './errors.ts'
import { contentIdOf } from './hash.ts'
import type { ContentId } from './ids.ts'
import type { EventDefinition } from './module.ts'
import { Strict } from './schema.ts'

/** `unknown < member < trusted < anchor`; `self` is the person at this device (section 3). */
export const TRUST_LEVELS = ['unknown', 'member', 'trusted', 'anchor', 'self'] as const
export type TrustLevel = (typeof TRUST_LEVELS)[number]

export const reaches = (level: TrustLevel, required: TrustLevel): boolean =>
  TRUST_LEVELS.indexOf(level) >= TRUST_LEVELS.indexOf(required)

export const STABILITIES = ['stable', 'provisional', 'experimental'] as const
export type Stability = (typeof STABILITIES)[number]

/**
 * One named, versioned, schema-bound call (BUS-1). The same object types the handler, the screens, the generated tables
 * and the conformance suite; its name appears nowhere else as a string.
 */
export interface Capability<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  S extends TSchema | null = TSchema | null,
> {
  readonly name: string
  /** `X.Y`; a request for `>=A.B` is served when `X = A` and `Y >= B`. */
  readonly version: string
  readonly stability: Stability
  readonly input: I
  readonly output: O
  /** Schema of one streamed frame's `data`, or null for a plain call. */
  readonly stream: S
  readonly trust: TrustLevel
  readonly timeoutSeconds: number
  readonly maxConcurrent: number
  readonly idempotent: boolean
  /** Codes beyond the universal ones. */
  readonly errors: readonly ErrorCode[]
  /** Event types whose arrival can change the answer: screens ask again when one comes. */
  readonly answersFrom: readonly string[]
}

export type Input<C extends Capability> = Static<C['input']>
export type Output<C extends Capability> = Static<C['output']>
export type Frame<C extends Capability> = C['stream'] extends TSchema ? Static<C['stream']> : never
/** A capability that streams. */
export type Streaming = Capability<TSchema, TSchema, TSchema>

interface CapabilityInit<I extends TSchema, O extends TSchema, S extends TSchema | null> {
  readonly name: string
  readonly version?: string
  readonly stability: Stability
  readonly input: I
  readonly output: O
  readonly stream?: S
  readonly trust: TrustLevel
  readonly timeoutSeconds?: number
  readonly maxConcurrent?: number
  readonly idempotent?: boolean
  readonly errors?: readonly ErrorCode[]
  readonly answersFrom?: readonly EventDefinition[]
}

/** Declares a capability. Defaults: version 1.0, 10 s, 16 at once, not idempotent, no stream. */
export function defineCapability<I extends TSchema, O extends TSchema, S extends TSchema | null = null>(
  init: CapabilityInit<I, O, S>,
): Capability<I, O, S> {
  return {
    name: init.name,
    version: init.version ?? '1.0',
    stability: init.stability,
    input: init.input,
    output: init.output,
    // S defaults to null exactly when `stream` is left out
    stream: (init.stream ?? null) as S,
    trust: init.trust,
    timeoutSeconds: init.timeoutSeconds ?? 10,
    maxConcurrent: init.maxConcurrent ?? 16,
    idempotent: init.idempotent ?? false,
    errors: init.errors ?? [],
    answersFrom: (init.answersFrom ?? []).map((event) => event.type),
  }
}

/** JSON Schema of a request's `body`: `params` steer routing and are empty unless a page says otherwise. */
export const requestSchema = (capability: Capability): TSchema => Strict({ params: Strict({}), input: capability.input })

/** What `schema_hash` covers (BUS-1). */
export const describedSchemas = (capability: Capability) => ({
  name: capability.name,
  version: capability.version,
  request_schema: requestSchema(capability),
  response_schema: capability.output,
  stream_schema: capability.stream,
})

const hashes = new WeakMap<Capability, ContentId>()

/** BLAKE3 over the canonical `{name, version, request_schema, response_schema, stream_schema}` (BUS-1). */
export function schemaHash(capability: Capability): ContentId {
  const known = hashes.get(capability)
  if (known) return known
  const hash = contentIdOf(JSON.parse(JSON.stringify(describedSchemas(capability))))
  hashes.set(capability, hash)
  return hash
}

/** Whether `offered` serves a request for `>= wanted` (BUS-1). Both are `X.Y`. */
export function serves(offered: string, wanted: string): boolean {
  const [x, y] = offered.split('.').map(Number)
  const [a, b] = wanted.split('.').map(Number)
  return x === a && y !== undefined && b !== undefined && y >= b
}
