import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { shownLayers } from './layers.ts'
import { messages } from './messages.ts'

/** Layers in words: "Schicht 4", "Schichten 1 bis 3"; all of a model of `count` as that. */
export function useLayers(): (layers: Layers, count?: number) => string {
  const text = useText(messages)
  const format = useFormat()
  return (layers, count) => {
    if (count !== undefined && layers.from === 0 && layers.to === count - 1) return text.allLayers(format.number(count))
    const [first, last] = shownLayers(layers)
    return first === last ? text.layer(format.number(first)) : text.layers(format.number(first), format.number(last))
  }
}
