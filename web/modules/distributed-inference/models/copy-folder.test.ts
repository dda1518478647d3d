import { describe, expect, it } from 'vitest'
import { fromBase64Url } from '#protocol/core/encoding.ts'
import { DISTRIBUTED_LLM_PIECE_BYTES } from '#protocol/distributed-inference/constants.ts'
import { copyFolder, filesIn } from './copy-folder.ts'

const file = (path: string, size: number) => ({
  ...{ name: path.split('/').at(-1) ?? '', webkitRelativePath: path, size },
  slice: (from?: number, to?: number) => new Blob([new Uint8Array(size).fill(7)]).slice(from, to),
})

describe('a model from a folder', () => {
  it('is what belongs to one, named as its layout has it', () => {
    const chosen = ['tiny/config.json', 'tiny/onnx/model.onnx', 'tiny/onnx/model.onnx_data', 'tiny/README.md', 'tiny/cat.png']
    expect(filesIn(chosen.map((path) => file(path, 3)))?.map(({ name }) => name)).toEqual([
      'config.json',
      'onnx/model.onnx',
      'onnx/model.onnx_data',
    ])
    expect(filesIn([file('photos/cat.png', 3)])).toBeNull()
    expect(filesIn([])).toBeNull()
  })

  it('goes piece by piece, from where it stopped, until the person stops it', async () => {
    const size = 2 * DISTRIBUTED_LLM_PIECE_BYTES + 5
    const stop = new AbortController()
    const node = { held: 0, told: [] as number[] }
    const copy = (limit: number) =>
      copyFolder('tiny', [{ name: 'onnx/model.onnx', file: file('x', size) }], {
        signal: stop.signal,
        onProgress: (_, share) => node.told.push(share),
        put: async ({ offset, data }) => {
          const bytes = fromBase64Url(data)
          if (bytes.length > 0) {
            expect(offset).toBe(node.held)
            node.held += bytes.length
          }
          if (node.held >= limit) stop.abort(new RangeError('enough'))
          return { held_bytes: node.held }
        },
      })
    await expect(copy(DISTRIBUTED_LLM_PIECE_BYTES)).rejects.toThrow('enough')
    expect(node.held).toBe(DISTRIBUTED_LLM_PIECE_BYTES)

    const again = new AbortController()
    await copyFolder('tiny', [{ name: 'onnx/model.onnx', file: file('x', size) }], {
      signal: again.signal,
      onProgress: (_, share) => node.told.push(share),
      put: async ({ offset, data }) => {
        const { length } = fromBase64Url(data)
        expect(length === 0 || offset === node.held).toBe(true)
        node.held += length
        return { held_bytes: node.held }
      },
    })
    expect(node.held).toBe(size)
    expect(node.told.at(-1)).toBe(1)
  })
})
