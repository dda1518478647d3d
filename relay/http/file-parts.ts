import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { sendText } from './respond.ts'
import { isFresh, type StaticFile } from './static-files.ts'

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

/** Sends an operator's file, whole or by a range of bytes, as it is and never from a cache without asking. */
export async function sendParts(request: IncomingMessage, response: ServerResponse, file: StaticFile): Promise<void> {
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
