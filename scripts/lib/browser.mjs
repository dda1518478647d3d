// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** What Playwright downloads for itself, where someone ran `npx playwright install`. */
const playwrightsOwn = () => {
  try {
    return chromium.executablePath()
  } catch {
    return undefined
  }
}

/**
 * The Chromium to test in: CHROMIUM_PATH, else one on the PATH, else Playwright's own.
 * @returns {string | null}
 */
const findBrowser = () => {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  if (CHROMIUM_PATH) return existsSync(CHROMIUM_PATH) ? CHROMIUM_PATH : null
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...onPath, playwrightsOwn()].find((file) => file && existsSync(file)) ?? null
}

const FIREFOX_NAMES = ['firefox', 'firefox-esr']

/**
 * A published Firefox: FIREFOX_PATH, else one on the PATH.
 * @returns {string | null}
 */
export const findFirefox = () => {
  const { FIREFOX_PATH, PATH = '' } = process.env
  const files = FIREFOX_PATH
    ? [FIREFOX_PATH]
    : PATH.split(delimiter).flatMap((folder) => FIREFOX_NAMES.map((name) => join(folder, name)))
  return files.find((file) => existsSync(file)) ?? null
}

/** Chromium refuses its sandbox to root, and only to root. */
const isRoot = () => process.getuid?.() === 0

/** Nothing but what the tests ask for: no updates, no field trials, no QUIC to the box. */
const browserFlags = () => [
  ...(isRoot() ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchOptions = () => {
  const executablePath = findBrowser()
  return { ...(executablePath ? { executablePath } : {}), args: browserFlags() }
}

/** A browser with a graphics card of software. */
export const launchOptionsWithCard = () => {
  const { args, ...options } = launchOptions()
  const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  return { ...options, args: [...args.filter((flag) => flag !== '--disable-gpu'), ...software] }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
const succeeds = (command, args) => {
  process.stdout.write(`> ${command} ${args.join(' ')}\n`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

const isDebian = () =>
  existsSync('/etc/os-release') && /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))

/** @param {string} name of a package */
const installFromDebian = (name) =>
  isDebian() &&
  isRoot() &&
  succeeds('apt-get', ['update', '-q']) &&
  succeeds('apt-get', ['install', '-y', '-q', '--no-install-recommends', name])

const installFromPlaywright = () =>
  succeeds(process.execPath, [join('node_modules', 'playwright', 'cli.js'), 'install', 'chromium'])

/**
 * Finds a browser, or installs one where that needs nobody's password.
 * @returns {string} its path
 */
export const ensureBrowser = () => {
  const found = findBrowser()
  if (found) return found
  if (process.env.CHROMIUM_PATH) throw new Error(`CHROMIUM_PATH names no file: ${process.env.CHROMIUM_PATH}`)
  if (installFromDebian('chromium') || installFromPlaywright()) {
    const installed = findBrowser()
    if (installed) return installed
  }
  throw new Error('No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.')
}

/** Finds a Firefox, or installs Debian's; without one, the journeys that need it say that they are skipped. */
export const offerFirefox = () => {
  if (findFirefox() === null) installFromDebian('firefox-esr')
}
