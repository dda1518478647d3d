import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonObject } from '#protocol/core/json.ts'

/** Part of a vector's input that is left out of the file because it is long and dull. */
export interface Fill {
  /** JSON pointer into the vector. */
  readonly pointer: string
  readonly text: string
  readonly count: number
}

interface Case {
  readonly name: string
  readonly comment: string
  /** Where it is another than the file's. */
  readonly rule?: string
  readonly input: JsonObject
  readonly fill?: readonly Fill[]
}
/** What an implementation takes in, with what comes out. */
export interface ValidVector extends Case {
  readonly expected: JsonObject
}
/** What an implementation refuses, with the bug of one that does not. */
export interface InvalidVector extends Case {
  readonly error: string
  readonly catches: string
}
export type Vector = ValidVector | InvalidVector

/** A public key pair that vectors are signed with. */
export interface NamedKey {
  readonly name: string
  readonly seed_hex: string
  readonly node_id: NodeId
}

/** A file of `conformance/vectors/`, as its schema.json says. */
export interface VectorFile {
  readonly format: 'hearthnet-vectors'
  readonly version: 1
  readonly area: string
  readonly operation: string
  readonly rule: string
  readonly about: string
  readonly generator: { readonly script: string; readonly seed: number }
  readonly keys: readonly NamedKey[]
  readonly vectors: readonly Vector[]
}

/** What an area's generator says of a file; the rest is the same for all. */
export interface VectorSource {
  /** File name without its ending. */
  readonly name: string
  readonly operation: string
  readonly rule: string
  readonly about: string
  readonly vectors: readonly Vector[]
}
