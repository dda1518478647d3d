import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from './analyse.ts'

/** A run of a decoder's parts: its layers from `first` up to, and without, `end`, and whether either end comes with them. */
export interface Span {
  readonly embed: boolean
  readonly first: number
  readonly end: number
  readonly head: boolean
}

export const wholeOf = ({ layers }: Pick<Decoder, 'layers'>): Span => ({ embed: true, first: 0, end: layers, head: true })
export const embedOnly: Span = { embed: true, first: 0, end: 0, head: false }
export const layersOnly = (first: number, end: number): Span => ({ embed: false, first, end, head: false })
export const headOnly = ({ layers }: Pick<Decoder, 'layers'>): Span => ({
  embed: false,
  first: layers,
  end: layers,
  head: true,
})

/** As in a shard's id, with the last layer inside: `embed`, `3-5`, `6-7+head`. */
export const nameOf = ({ embed, first, end, head }: Span): string =>
  [embed ? 'embed' : '', end > first ? `${first}-${end - 1}` : '', head ? 'head' : ''].filter(Boolean).join('+')

/** @throws HearthError `bad_request` for what no decoder of so many layers has */
export function checkSpan({ embed, first, end, head }: Span, layers: number): void {
  const inside = Number.isInteger(first) && Number.isInteger(end) && first >= 0 && first <= end && end <= layers
  const whole = (!embed || first === 0) && (!head || end === layers) && (embed || head || end > first)
  if (!inside || !whole) throw new HearthError('bad_request', `there are no layers ${first} to ${end} of ${layers} here`)
}
