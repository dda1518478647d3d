import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAs } from '#protocol/core/schema.ts'
import { BoxModelsSchema } from '#protocol/distributed-inference/model-manifest.ts'
import { rangeOf } from './file-parts.ts'
import { createModelFiles } from './model-files.ts'

const WEIGHTS = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251)

describe("a box's models", () => {
  let directory: string
  let server: Server
  let base: string
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(base + path, init)
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'box-models-'))
    const models = join(directory, 'models')
    await mkdir(join(models, 'tiny/onnx'), { recursive: true })
    await mkdir(join(models, 'empty'))
    await mkdir(join(models, '.hidden'))
    await writeFile(join(directory, 'peer-key'), 'secret')
    await writeFile(join(models, 'notes.txt'), 'no model')
    await writeFile(join(models, '.hidden/config.json'), 'secret')
    await writeFile(join(models, 'tiny/config.json'), '{}')
    await writeFile(join(models, 'tiny/onnx/model.onnx'), WEIGHTS)
    await symlink(join(directory, 'peer-key'), join(models, 'tiny/link.json'))
    const files = createModelFiles(models)
    server = createServer((request, response) => void files(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true })
  })

  it('are listed with their files, and only folders that have some', async () => {
    const list = parseAs(BoxModelsSchema, await (await ask('/box/models.json')).json())
    expect(list.models.map(({ model }) => model)).toEqual(['tiny'])
    expect(new Set(list.models[0]?.files)).toEqual(
      new Set([
        { name: 'config.json', bytes: 2 },
        { name: 'onnx/model.onnx', bytes: WEIGHTS.length },
      ]),
    )
  })

  it('are not there where the operator made no folder', async () => {
    const none = createModelFiles(join(directory, 'nothing'))
    const other = createServer((request, response) => void none(request, response))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo // it listens on TCP
    expect(await (await fetch(`http://127.0.0.1:${port}/box/models.json`)).json()).toEqual({ models: [] })
    expect((await fetch(`http://127.0.0.1:${port}/box/models/tiny/config.json`)).status).toBe(404)
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100-65635', 100, 65_636],
    ['bytes=199990-', 199_990, 200_000],
    ['bytes=199990-900000', 199_990, 200_000],
    ['bytes=-10', 199_990, 200_000],
  ])('give a part that is asked for: %s', async (range, from, to) => {
    const answer = await ask('/box/models/tiny/onnx/model.onnx', { headers: { range } })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/200000`])
    expect(Buffer.compare(new Uint8Array(await answer.arrayBuffer()), WEIGHTS.subarray(from, to))).toBe(0)
  })

  it('give all of it for several parts, for nonsense and for a part of another version', async () => {
    const { headers } = await ask('/box/models/tiny/onnx/model.onnx', { method: 'HEAD' })
    expect(headers.get('etag')).toMatch(/^"/)
    for (const asked of [
      { range: 'bytes=0-1,5-6' },
      { range: 'lines=1-2' },
      { range: 'bytes=9-3' },
      { range: 'bytes=0-1', 'if-range': '"old"' },
    ]) {
      const answer = await ask('/box/models/tiny/onnx/model.onnx', { headers: asked })
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, WEIGHTS.length])
    }
    const same = await ask('/box/models/tiny/onnx/model.onnx', {
      headers: { range: 'bytes=0-1', 'if-range': headers.get('etag') ?? '' },
    })
    expect(same.status).toBe(206)
    await same.arrayBuffer()
  })

  it('say where the end is to who asks behind it', async () => {
    const answer = await ask('/box/models/tiny/onnx/model.onnx', { headers: { range: 'bytes=200000-' } })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */200000'])
    expect(rangeOf({ range: 'bytes=0-' }, 0, '"a"')).toBe('unsatisfiable')
  })

  it.each([
    '/box/models/../peer-key',
    '/box/models/tiny/..%2f..%2fpeer-key',
    '/box/models/tiny/link.json',
    '/box/models/.hidden/config.json',
    '/box/models/tiny',
    '/box/models/',
    '/box/models',
    '/box/modelsx/tiny/config.json',
    '/box/models/%zz',
  ])('give nothing else away: %s', async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret')
  })
})
