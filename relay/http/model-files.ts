import { createReadStream, type Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { matches } from '#protocol/core/schema.ts'
import { DISTRIBUTED_LLM_MAX_FILES_PER_MODEL } from '#protocol/distributed-inference/constants.ts'
import { type BoxModel, FileNameSchema } from '#protocol/distributed-inference/model-manifest.ts'
import { sendJson, sendText } from './respond.ts'
import { decodePath, findFile, isFresh } from './static-files.ts'

/** `/box/models.json` lists models, `/box/models/<name>/…` has their files. */
export const BOX_MODELS = '/box/models'
const LIST = `${BOX_MODELS}.json`

/** As the app takes names of models and of their files; what is called otherwise is not shown. */
const MODEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/
const MOST_MODELS = 256
const MOST_FILES = DISTRIBUTED_LLM_MAX_FILES_PER_MODEL

const isThere = (entry: Dirent): boolean => !entry.name.startsWith('.')

type File = BoxModel['files'][number]

/** Files below, by their own names: links lead nowhere. */
async function filesBelow(directory: string, below = ''): Promise<File[]> {
  const entries = (await readdir(directory, { withFileTypes: true })).filter(isThere)
  const files = entries.map(async (entry): Promise<File[]> => {
    const path = join(directory, entry.name)
    const name = below + entry.name
    if (entry.isDirectory()) return filesBelow(path, `${name}/`)
    return entry.isFile() && matches(FileNameSchema, name) ? [{ name, bytes: (await stat(path)).size }] : []
  })
  return (await Promise.all(files)).flat()
}

async function listed(root: string): Promise<BoxModel[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory() && MODEL.test(entry.name)).map(({ name }) => name)
  const models = names
    .sort()
    .slice(0, MOST_MODELS)
    .map(async (model) => ({ model, files: await filesBelow(join(root, model)).catch(() => []) }))
  return (await Promise.all(models)).filter(({ files }) => files.length > 0 && files.length <= MOST_FILES)
}

/**
 * One range of bytes (RFC 9110, 14.2). @returns null for the whole file: no range, several, one that is not understood, or one of a
 * version that is not this one; `unsatisfiable` for one that begins behind the end
 */
export function rangeOf(
  { range, 'if-range': version }: IncomingMessage['headers'],
  size: number,
  etag: string,
): { readonly from: number; readonly to: number } | null | 'unsatisfiable' {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  if (!asked || (asked[1] === '' && asked[2] === '') || (version !== undefined && version !== etag)) return null
  const [, first = '', last = ''] = asked
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(first) > Number(last)) return null
  return from < size && to >= from ? { from, to } : 'unsatisfiable'
}

/** Answers GET and HEAD with what lies in the operator's folder of models, whole or by a range of bytes. */
export function createModelFiles(root: string): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const pathname = decodePath(request.url ?? '')
    if (pathname === LIST) return sendJson(response, { models: await listed(root) })
    const file = pathname?.startsWith(`${BOX_MODELS}/`) ? await findFile(root, pathname.slice(BOX_MODELS.length)) : null
    if (!file) return sendText(response, 404, 'not found')
    // strong: a part of a file is only good beside other parts of the same one
    const etag = file.etag.replace(/^W\//, '')
    response.setHeader('Content-Type', 'application/octet-stream')
    response.setHeader('Cache-Control', 'no-cache')
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('ETag', etag)
    if (isFresh(request, etag)) return void response.writeHead(304).end()
    const range = rangeOf(request.headers, file.size, etag)
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${file.size}`)
      return sendText(response, 416, 'no such range')
    }
    const { from, to } = range ?? { from: 0, to: file.size - 1 }
    if (range) response.setHeader('Content-Range', `bytes ${from}-${to}/${file.size}`)
    response.setHeader('Content-Length', to - from + 1)
    response.writeHead(range ? 206 : 200)
    if (request.method === 'HEAD' || to < from) return void response.end()
    // a browser that goes away in the middle is no failure of ours
    await pipeline(createReadStream(file.path, { start: from, end: to }), response).catch(() => response.destroy())
  }
}
