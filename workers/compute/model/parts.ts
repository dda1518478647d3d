import type { Decoder } from '../cut/analyse.ts'
import type { ByteRange } from '../cut/draft.ts'
import { extract } from '../cut/extract.ts'
import { embedOnly, headOnly, layersOnly, type Span } from '../cut/span.ts'

/** Bytes of one file that are for one part (`ModelManifestSchema`). */
export interface PartRange {
  readonly part: string
  readonly offset: number
  readonly length: number
}

/** Holes in files of weights up to this size belong to what lies before them: they are padding, and a piece for each costs more. */
const PADDING_BYTES = 65_536

/**
 * Which part each byte of a weights file is for; the ranges cover it from the first byte to the last. What several layers use, and
 * what no layer does, is `graph`.
 * @param file as the graph calls it; @param graph whether it is the graph's own file, in which the holes are the graph
 */
export function partsOf(decoder: Decoder, file: string, bytes: number, graph: boolean): readonly PartRange[] {
  const uses = usesOf(decoder, file).toSorted((a, b) => a.offset - b.offset)
  const cuts = [0, bytes, ...uses.flatMap(({ offset, length }) => [offset, offset + length])]
  const edges = [...new Set(cuts.filter((cut) => cut <= bytes))].sort((a, b) => a - b)
  let open: Use[] = []
  let started = 0
  const ranges: PartRange[] = []
  for (const [index, offset] of edges.entries()) {
    const end = edges[index + 1]
    if (end === undefined) break
    for (let use = uses[started]; use && use.offset <= offset; use = uses[++started]) open.push(use)
    open = open.filter((use) => use.offset + use.length > offset)
    const users = new Set(open.map(({ user }) => user))
    const last = ranges.at(-1)
    const length = end - offset
    const padding = users.size === 0 && !graph && length <= PADDING_BYTES
    const part = padding && last ? last.part : partFor(users)
    if (last?.part === part) ranges[ranges.length - 1] = { ...last, length: last.length + length }
    else ranges.push({ part, offset, length })
  }
  return ranges
}

interface Use {
  readonly user: string
  readonly offset: number
  readonly length: number
}

function usesOf(decoder: Decoder, file: string): readonly Use[] {
  const layers = Array.from({ length: decoder.layers }, (_, layer): [string, Span] => [
    String(layer),
    layersOnly(layer, layer + 1),
  ])
  const spans: readonly [string, Span][] = [['embed', embedOnly], ...layers, ['head', headOnly(decoder)]]
  return spans.flatMap(([user, span]) =>
    extract(decoder, span)
      .weights.map(({ source }) => source)
      .flatMap((source): readonly ByteRange[] => (source.kind === 'file' ? [source.range] : []))
      .filter((range) => range.file === file && range.length > 0)
      .map(({ offset, length }) => ({ user, offset, length })),
  )
}

function partFor(users: ReadonlySet<string>): string {
  const [only] = users
  if (users.size === 1 && only !== undefined) return only
  return users.size === 2 && users.has('embed') && users.has('head') ? 'ends' : 'graph'
}
