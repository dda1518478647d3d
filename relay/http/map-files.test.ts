import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FetchSource, PMTiles } from 'pmtiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoxMapsSchema } from '#protocol/civdef/box-maps.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { plainPng, TILE_TYPES, tileAt, tilesOver, writePmtiles } from '../testing/pmtiles.ts'
import { createMapFiles } from './map-files.ts'

const KLEVE = [5.9, 51.4, 6.6, 51.9] as const
const GREEN = plainPng([40, 140, 60])
const MAP = writePmtiles({
  type: 'png',
  tiles: tilesOver(KLEVE, [6, 9], GREEN),
  bounds: KLEVE,
  metadata: { attribution: '© Niemand' },
})

async function listen(handler: RequestListener): Promise<readonly [Server, string]> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`] // it listens on TCP
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

describe("a box's maps", () => {
  let directory: string
  let server: Server
  let base: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'box-maps-'))
    const maps = join(directory, 'maps')
    await mkdir(join(maps, 'folder.pmtiles'), { recursive: true })
    await writeFile(join(directory, 'peer-key'), 'secret')
    await writeFile(join(maps, 'notes.txt'), 'secret')
    await writeFile(join(maps, '.hidden.pmtiles'), 'secret')
    await writeFile(join(maps, 'empty.pmtiles'), '')
    await writeFile(join(maps, 'kleve.pmtiles'), MAP)
    await symlink(join(directory, 'peer-key'), join(maps, 'link.pmtiles'))
    const files = createMapFiles(maps)
    ;[server, base] = await listen((request, response) => void files(request, response))
  })
  afterAll(async () => {
    await close(server)
    await rm(directory, { recursive: true })
  })

  it('are listed, and nothing else in their folder', async () => {
    const list = parseAs(BoxMapsSchema, await (await fetch(`${base}/box/maps.json`)).json())
    expect(list.maps).toEqual([{ name: 'kleve.pmtiles', bytes: MAP.length }])
  })

  it('are not there where the operator made no folder', async () => {
    const none = createMapFiles(join(directory, 'nothing'))
    const [other, at] = await listen((request, response) => void none(request, response))
    expect(await (await fetch(`${at}/box/maps.json`)).json()).toEqual({ maps: [] })
    expect((await fetch(`${at}/box/maps/kleve.pmtiles`)).status).toBe(404)
    await close(other)
  })

  it("are read tile by tile by the format's own reader, over the network", async () => {
    const map = new PMTiles(new FetchSource(`${base}/box/maps/kleve.pmtiles`))
    expect(await map.getHeader()).toMatchObject({
      specVersion: 3,
      tileType: TILE_TYPES.png,
      minZoom: 6,
      maxZoom: 9,
      minLon: 5.9,
      maxLat: 51.9,
      numAddressedTiles: tilesOver(KLEVE, [6, 9], GREEN).length,
    })
    expect(await map.getMetadata()).toEqual({ attribution: '© Niemand' })
    for (const z of [6, 7, 8, 9]) {
      const { x, y } = tileAt(z, 6.43, 51.53)
      const tile = await map.getZxy(z, x, y)
      expect(Buffer.compare(Buffer.from(tile?.data ?? new ArrayBuffer(0)), GREEN), `zoom ${z}`).toBe(0)
    }
    expect(await map.getZxy(9, 0, 0)).toBeUndefined()
  })

  it('come by ranges of bytes, with a strong tag that says when the file changed', async () => {
    const answer = await fetch(`${base}/box/maps/kleve.pmtiles`, { headers: { range: 'bytes=0-6' } })
    expect([answer.status, await answer.text()]).toEqual([206, 'PMTiles'])
    expect(answer.headers.get('content-range')).toBe(`bytes 0-6/${MAP.length}`)
    const etag = answer.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"/)
    const again = await fetch(`${base}/box/maps/kleve.pmtiles`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })

  it.each([
    '/box/maps/../peer-key',
    '/box/maps/..%2fpeer-key',
    '/box/maps/..%2fmaps%2fkleve.pmtiles',
    '/box/maps/link.pmtiles',
    '/box/maps/.hidden.pmtiles',
    '/box/maps/folder.pmtiles',
    '/box/maps/notes.txt',
    '/box/maps/',
    '/box/maps',
    '/box/mapsx/kleve.pmtiles',
    '/box/maps/%zz',
  ])('give nothing else away: %s', async (path) => {
    const answer = await fetch(base + path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret')
  })
})
