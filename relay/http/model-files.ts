import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { matches } from '#protocol/core/schema.ts'
import { DISTRIBUTED_LLM_MAX_FILES_PER_MODEL } from '#protocol/distributed-inference/constants.ts'
import { type BoxModel, FileNameSchema } from '#protocol/distributed-inference/model-manifest.ts'
import { sendParts } from './file-parts.ts'
import { sendJson, sendText } from './respond.ts'
import { decodePath, findFile } from './static-files.ts'

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

/** Answers GET and HEAD with what lies in the operator's folder of models, whole or by a range of bytes. */
export function createModelFiles(root: string): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const pathname = decodePath(request.url ?? '')
    if (pathname === LIST) return sendJson(response, { models: await listed(root) })
    const file = pathname?.startsWith(`${BOX_MODELS}/`) ? await findFile(root, pathname.slice(BOX_MODELS.length)) : null
    if (!file) return sendText(response, 404, 'not found')
    return sendParts(request, response, file)
  }
}
