import { readdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type BoxMaps, BoxMapsSchema, MapFileNameSchema } from '#protocol/civdef/box-maps.ts'
import { matches } from '#protocol/core/schema.ts'
import { sendParts } from './file-parts.ts'
import { sendJson, sendText } from './respond.ts'
import { decodePath, findFile } from './static-files.ts'

/** `/box/maps.json` lists maps, `/box/maps/<name>.pmtiles` has their bytes. */
export const BOX_MAPS = '/box/maps'
const LIST = `${BOX_MAPS}.json`
const MOST_MAPS = BoxMapsSchema.properties.maps.maxItems ?? 0

async function listed(root: string): Promise<BoxMaps['maps']> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  // plain files: a link could lead anywhere
  const names = entries.filter((entry) => entry.isFile() && matches(MapFileNameSchema, entry.name)).map(({ name }) => name)
  const maps = names
    .sort()
    .slice(0, MOST_MAPS)
    .map(async (name) => ({ name, bytes: (await stat(join(root, name))).size }))
  return (await Promise.all(maps)).filter(({ bytes }) => bytes > 0)
}

/** Answers GET and HEAD with the maps (PMTiles) in the operator's folder, whole or by a range of bytes, and with nothing else in it. */
export function createMapFiles(root: string): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const pathname = decodePath(request.url ?? '')
    if (pathname === LIST) return sendJson(response, { maps: await listed(root) })
    const name = pathname?.startsWith(`${BOX_MAPS}/`) ? pathname.slice(BOX_MAPS.length + 1) : ''
    const file = matches(MapFileNameSchema, name) ? await findFile(root, `/${name}`) : null
    return file ? sendParts(request, response, file) : sendText(response, 404, 'not found')
  }
}
