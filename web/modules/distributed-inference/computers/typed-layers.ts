import type { Layers } from '#protocol/distributed-inference/schemas.ts'

const wholeIn = (text: string): number => (/^\s*\d{1,4}\s*$/.test(text) ? Number(text) : Number.NaN)

/** Layers as a person typed them, counted from 1, both included; null where they are none of a model of `count`. */
export function layersTyped(from: string, to: string, count: number): Layers | null {
  const [first, last] = [wholeIn(from), wholeIn(to)]
  return first >= 1 && last >= first && last <= count ? { from: first - 1, to: last - 1 } : null
}
