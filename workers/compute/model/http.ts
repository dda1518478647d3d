import { HearthError } from '#protocol/core/errors.ts'
import type { ModelManifest } from '#protocol/distributed-inference/model-manifest.ts'

/** Asked for in one request where no more than this lies between: a request costs more than the bytes. */
const GAP_BYTES = 65_536

/** A model's folder somewhere on the web. */
export interface WebFolder {
  /** Ends with a slash. */
  readonly base: string
  readonly fetch: typeof fetch
}

export interface WebFile {
  readonly bytes: number | null
  /** What tells one version of the file from another; null where the server does not say. */
  readonly version: string | null
}

// nothing that says who asks; what is kept is kept by us, once
const QUIETLY = { cache: 'no-store', credentials: 'omit', mode: 'cors', referrerPolicy: 'no-referrer' } as const

/** @throws HearthError `partition` where nobody answers or the page's policy forbids to ask, `not_found`, `unauthorized` */
async function ask({ base, fetch }: WebFolder, file: string, init: RequestInit): Promise<Response> {
  const url = base + file.split('/').map(encodeURIComponent).join('/')
  const response = await fetch(url, { ...QUIETLY, ...init }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw init.signal.reason
    throw cause instanceof HearthError ? cause : new HearthError('partition', `${url} does not answer`, { cause })
  })
  if (response.ok) return response
  await response.body?.cancel()
  const code = [404, 410].includes(response.status)
    ? 'not_found'
    : [401, 403].includes(response.status)
      ? 'unauthorized'
      : 'partition'
  throw new HearthError(code, `${url} answers ${response.status}`)
}

const versionOf = ({ headers }: Response): string | null => headers.get('etag') ?? headers.get('last-modified')

/** What is known of a file without its bytes; null where there is none. */
export async function describeFile(folder: WebFolder, file: string, signal: AbortSignal): Promise<WebFile | null> {
  try {
    const response = await ask(folder, file, { method: 'HEAD', signal })
    // what is packed on its way says the length of the package
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
    return { bytes: length === null ? null : Number(length), version: versionOf(response) }
  } catch (error) {
    if (error instanceof HearthError && error.code === 'not_found') return null
    throw error
  }
}

interface ReadOptions {
  readonly from: number
  readonly to?: number
  readonly version?: string | null
  /** Is told when the server sends all of it, whatever was asked for. */
  readonly noRanges?: () => void
  readonly signal: AbortSignal
}

/**
 * Bytes of a file from `from` up to, and without, `to`, or to its end; from a server that knows no ranges by leaving out what comes before.
 * @param version if the file is another one by now, `weights_mismatch`
 */
export async function* readFile(
  folder: WebFolder,
  file: string,
  { from, to, version, noRanges, signal }: ReadOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const range = from > 0 || to !== undefined ? { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` } : {}
  const response = await ask(folder, file, { headers: range, signal })
  const now = versionOf(response)
  if (version != null && now !== null && now !== version) {
    await response.body?.cancel()
    throw new HearthError('weights_mismatch', `${file} has changed meanwhile`)
  }
  const start =
    response.status === 206 ? Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? from) : 0
  if ('Range' in range && response.status !== 206) noRanges?.()
  let skip = from - start
  let left = (to ?? Number.POSITIVE_INFINITY) - from
  const reader = response.body?.getReader()
  try {
    while (left > 0) {
      const next = await reader?.read()
      if (!next || next.done) return
      const bytes = next.value.subarray(Math.max(0, skip)).subarray(0, left)
      skip = Math.max(0, skip - next.value.length)
      left -= bytes.length
      if (bytes.length > 0) yield bytes
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw cause instanceof HearthError ? cause : new HearthError('partition', `${file} broke off`, { cause })
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

/** A small file whole. @throws HearthError `capacity_exceeded` for a longer one, and as `ask` */
export async function readSmall(
  folder: WebFolder,
  file: string,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of readFile(folder, file, { from: 0, signal })) {
    size += chunk.length
    if (size > most) throw new HearthError('capacity_exceeded', `${file} is longer than ${most} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/** Brings pieces of a published model, each with its number, in as few requests as are sensible. They are not checked yet. */
export async function* readPieces(
  folder: WebFolder,
  { files, pieces }: ModelManifest,
  wanted: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly piece: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
  // a server without ranges is asked once for each file, or it would send the beginning again and again
  let gap = GAP_BYTES
  const noRanges = (): void => {
    gap = Number.POSITIVE_INFINITY
  }
  for (let rest = wanted; rest.length > 0; ) {
    const run = firstRun(pieces, rest, gap)
    rest = rest.slice(run.length)
    const places = run.map((index) => ({ index, ...(pieces[index] ?? { file: 0, offset: 0, length: 0 }) }))
    const [first, last] = [places[0], places.at(-1)]
    if (!first || !last) continue
    const name = files[first.file]?.name ?? ''
    let at = first.offset
    let next = 0
    let current = new Uint8Array(first.length)
    for await (const chunk of readFile(folder, name, { from: first.offset, to: last.offset + last.length, noRanges, signal })) {
      const end = at + chunk.length
      for (let place = places[next]; place && place.offset < end; place = places[next]) {
        const from = Math.max(at, place.offset)
        const to = Math.min(end, place.offset + place.length)
        current.set(chunk.subarray(from - at, to - at), from - place.offset)
        if (to < place.offset + place.length) break
        yield { piece: place.index, bytes: current }
        next += 1
        current = new Uint8Array(places[next]?.length ?? 0)
      }
      at = end
    }
    if (next < places.length) throw new HearthError('partition', `${name} ended too early`)
  }
}

/** The first of the wanted pieces that one request brings, with holes of at most `gap` bytes between them. */
function firstRun(pieces: ModelManifest['pieces'], wanted: readonly number[], gap: number): readonly number[] {
  const end = wanted.findIndex((index, at) => {
    const [piece, before] = [pieces[index], pieces[wanted[at - 1] ?? -1]]
    return piece && before && (piece.file !== before.file || piece.offset - before.offset - before.length > gap)
  })
  return end < 0 ? wanted : wanted.slice(0, end)
}
