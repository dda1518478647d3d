import { isIPv4 } from 'node:net'
import { parseArgs } from 'node:util'
import { HearthError } from '#protocol/core/errors.ts'

export interface Options {
  readonly port: number
  readonly host: string
  readonly data: string
  /** Directory of the built app. */
  readonly web: string
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** Public address of the app, where the box stands behind a name or a proxy. */
  readonly announce: string | null
  /** Origin of a knowledge hub (EBKH) that the app may ask. */
  readonly hub: string | null
  /** Origin of a feed of official warnings that the app may ask, where a device has it configured (M31). */
  readonly feed: string | null
  /** Origin of models that the app may fetch, where a person gives an address there (M26). */
  readonly models: string | null
  /** UDP; null: the same number as `port`. */
  readonly webrtcPort: number | null
}

export type CommandLine = { readonly help: true } | { readonly help: false; readonly options: Options }

export const DEFAULTS: Options = {
  port: 8080,
  // neighbours are the point: a box that only this machine can reach helps nobody
  host: '0.0.0.0',
  data: './.hearthnet',
  web: './dist/web',
  tls: null,
  announce: null,
  hub: null,
  feed: null,
  models: null,
  webrtcPort: null,
}

const FLAGS = {
  port: { type: 'string', default: String(DEFAULTS.port) },
  host: { type: 'string', default: DEFAULTS.host },
  data: { type: 'string', default: DEFAULTS.data },
  web: { type: 'string', default: DEFAULTS.web },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  announce: { type: 'string' },
  hub: { type: 'string' },
  feed: { type: 'string' },
  models: { type: 'string' },
  'webrtc-port': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const refuse = (message: string, cause?: unknown): never => {
  throw new HearthError('bad_request', message, { cause })
}

function readPort(flag: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : refuse(`--${flag}: "${text}" ist kein Port (0 bis 65535) / is not a port (0 to 65535)`)
}

// webrtc-direct works over IPv4 only, and one family keeps every address in one form
const readHost = (text: string): string =>
  isIPv4(text) ? text : refuse(`--host: "${text}" ist keine IPv4-Adresse / is not an IPv4 address`)

function readAnnounce(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username) {
    return refuse(`--announce: "${text}" ist keine Adresse wie / is no address like https://box.example.org/`)
  }
  return url.href
}

/** Any address of a hub, a feed or models will do: only its origin is let through, and without https only this machine's own. */
function readOrigin(flag: 'hub' | 'feed' | 'models', text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname)
  if (url === null || (url.protocol !== 'https:' && !isLocal) || url.username || url.hostname.includes('*')) {
    return refuse(`--${flag}: "${text}" ist keine Adresse wie / is no address like https://${flag}.example.org/`)
  }
  return url.origin
}

function readTls(cert: string | undefined, key: string | undefined): Options['tls'] {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return null
  return refuse('--tls-cert und --tls-key gehören zusammen / --tls-cert and --tls-key belong together')
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/** @throws HearthError `bad_request`, with a message for the person who typed it. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const flags = parseFlags(args)
  if (flags.help) return { help: true }
  const webrtcPort = flags['webrtc-port']
  return {
    help: false,
    options: {
      port: readPort('port', flags.port),
      host: readHost(flags.host),
      data: flags.data,
      web: flags.web,
      tls: readTls(flags['tls-cert'], flags['tls-key']),
      announce: flags.announce === undefined ? null : readAnnounce(flags.announce),
      hub: flags.hub === undefined ? null : readOrigin('hub', flags.hub),
      feed: flags.feed === undefined ? null : readOrigin('feed', flags.feed),
      models: flags.models === undefined ? null : readOrigin('models', flags.models),
      webrtcPort: webrtcPort === undefined ? null : readPort('webrtc-port', webrtcPort),
    },
  }
}

export const HELP = `HearthNet-Box

  npm start -- [Optionen / options]

  --port <n>          Port der App und der Box / port of the app and the box (8080)
  --host <ip>         Netzadresse, auf der sie hört / network address to listen on (0.0.0.0: alle / all)
  --data <dir>        wo sie ihre Schlüssel behält, Modelle in models/, Karten in maps/ / where it keeps its keys, models in models/, maps in maps/ (./.hearthnet)
  --tls-cert <file>   Zertifikat (PEM) für https / certificate (PEM) for https
  --tls-key <file>    dessen Schlüssel / its key
  --announce <url>    öffentliche Adresse der App / public address of the app
  --hub <url>         Wissensspeicher, den die App fragen darf / knowledge hub that the app may ask
  --feed <url>        amtliche Warnungen, die die App abrufen darf / official warnings that the app may fetch
  --models <url>      Anbieter von Modellen, den die App fragen darf / source of models that the app may ask
  --webrtc-port <n>   UDP-Port für WebRTC / UDP port for WebRTC (wie / as --port)
  --help              diese Seite / this page
`
