import { ELEMENT, MODEL } from '../onnx/model.ts'
import type { Files } from './folder.ts'

const QUANTISED: ReadonlySet<number | undefined> = new Set([ELEMENT.int8, ELEMENT.uint8])

/**
 * Another model of the same shape: the same graph, with the codes of each quantised matrix from behind. Scales stay, so that what
 * comes out looks like what a model gives.
 */
export function otherWeights(files: Files): Files {
  const copies = new Map([...files].map(([name, content]) => [name, typeof content === 'string' ? content : content.slice()]))
  const bytesOf = (name: string): Uint8Array => {
    const content = copies.get(name)
    return content instanceof Uint8Array ? content : new Uint8Array(0)
  }
  for (const name of copies.keys()) {
    if (!name.endsWith('.onnx')) continue
    // decoding copies no weights: what is turned around is turned around in the file
    for (const { dims, dataType, rawData, externalData } of MODEL.decode(bytesOf(name)).graph?.initializer ?? []) {
      if (!QUANTISED.has(dataType) || dims.length < 2) continue
      const place = new Map(externalData.map(({ key, value }) => [key, value]))
      const [offset, length] = [Number(place.get('offset') ?? 0), Number(place.get('length') ?? 0)]
      const external = bytesOf(place.get('location') ?? '')
      ;(rawData ?? external.subarray(offset, offset + length)).reverse()
    }
  }
  return copies
}
