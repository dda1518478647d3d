import { elementOf, GRAPH, MODEL, sizesOf, type ValueInfo } from '../onnx/model.ts'
import { withAdapters } from './adapters.ts'
import type { Decoder } from './analyse.ts'
import { type Draft, lengthOf, type Source, withBytesAt } from './draft.ts'
import { extract } from './extract.ts'
import { fullPrecision } from './full-precision.ts'
import { dequantised, fullAccuracy, lastTokenOnly, type Rewrite, trimPositions } from './rewrite.ts'
import type { Span } from './span.ts'

export interface CutOptions {
  /** Tokens that a conversation can have at most; tables for further positions are left out. All of them if not said. */
  readonly positions?: number
  /** Unpacks 4-bit matrices to fp32 while loading, for CPUs. */
  readonly dequantise?: boolean
  /** Products that adapters can be laid beside, by their name in the published graph. None if not said. */
  readonly adapters?: (target: string) => boolean
  /**
   * Leaves precision as the exporter wanted it, and every token's logits: for comparing all of a decoder with the published graph only.
   */
  readonly asPublished?: boolean
}

/** A weight's place in a shard's own block of bytes. */
export interface Place {
  readonly source: Source
  readonly at: number
  readonly length: number
}

/** What a peer needs to compute a span: the same options over the same graph give the same bytes everywhere. */
export interface Shard {
  readonly span: Span
  /** An ONNX file; its weights lie in `WEIGHTS_FILE`. */
  readonly graph: Uint8Array<ArrayBuffer>
  readonly places: readonly Place[]
  readonly weightsBytes: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** ONNX element type of each input. */
  readonly elements: ReadonlyMap<string, number>
  /** Of each adapter matrix among the inputs, the size that is not the rank. */
  readonly adapterRows: ReadonlyMap<string, number>
}

/** What a shard's graph calls the block of its weights. */
export const WEIGHTS_FILE = 'weights'

/** Kernels read weights as vectors of up to 64 bytes. */
const ALIGNMENT_BYTES = 64

/** Cuts `span` out of a decoder. @throws HearthError `not_implemented` with the reason, `bad_request` for no such span */
export function cut(decoder: Decoder, span: Span, options: CutOptions = {}): Shard {
  const positions = Math.min(options.positions ?? Number.POSITIVE_INFINITY, decoder.positions ?? Number.POSITIVE_INFINITY)
  const rewrites: readonly Rewrite[] = [
    ...(options.asPublished ? [] : [lastTokenOnly(decoder, span), fullAccuracy, fullPrecision]),
    ...(Number.isFinite(positions) ? [trimPositions(positions)] : []),
    ...(options.adapters ? [withAdapters(options.adapters)] : []),
    ...(options.dequantise ? [dequantised] : []),
  ]
  const draft = rewrites.reduce((drawn, rewrite) => rewrite(drawn), extract(decoder, span))
  const { places, initializer, bytes } = pack(draft)
  const { model } = decoder
  const graph = MODEL.encode(
    MODEL.of({
      irVersion: model.irVersion,
      producerName: 'hearthnet',
      opsetImport: model.opsetImport,
      functions: model.functions,
      graph: GRAPH.of({ name: 'shard', node: draft.nodes, initializer, input: draft.inputs, output: draft.outputs }),
    }),
  )
  return {
    span,
    graph,
    places,
    weightsBytes: bytes,
    inputs: names(draft.inputs),
    outputs: names(draft.outputs),
    elements: new Map(draft.inputs.map((input) => [input.name ?? '', elementOf(input) ?? 0])),
    adapterRows: adapterRowsOf(draft.inputs),
  }
}

const adapterRowsOf = (inputs: readonly ValueInfo[]): ReadonlyMap<string, number> =>
  new Map(
    inputs
      .filter(({ name }) => name?.startsWith('lora.'))
      .map((input) => [input.name ?? '', sizesOf(input).find((size) => size !== null) ?? 0]),
  )

const names = (values: readonly ValueInfo[]): readonly string[] => values.map(({ name = '' }) => name)

/** Lays the weights one behind the other, in the order in which the published graph lists them. */
function pack({ weights }: Draft) {
  const places: Place[] = []
  let bytes = 0
  const initializer = weights.map(({ tensor, source }) => {
    if (source.kind === 'inline') return tensor
    const at = Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
    const length = lengthOf(source)
    bytes = at + length
    places.push({ source, at, length })
    return withBytesAt(tensor, WEIGHTS_FILE, at, length)
  })
  return { places, initializer, bytes }
}
