import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { expect } from '@playwright/test'
import type { ServiceWorkerState } from '../../../sw/messages.ts'
import { test } from './fixtures.ts'
import { NO_BOX } from './no-box.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The service worker of a build in which one file differs. */
const anotherBuild = (script: string): string => script.replace(/"revision":"[0-9a-f]{32}"/, '"revision":"another"')

/** A static host that can set no headers, as many are; `release` puts another build of the app on it. */
const startPlainHost = async () => {
  let released = false
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname
    const file = path === '/' ? '/index.html' : path
    try {
      const found = await readFile(join('dist/web', file))
      const body = released && file === '/sw.js' ? anotherBuild(found.toString()) : found
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a server that listens on TCP has such an address
  const release = (): void => {
    released = true
  }
  return { url: `http://localhost:${port}/`, release, stop: () => new Promise((resolve) => server.close(resolve)) }
}

const askState = (): Promise<ServiceWorkerState> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => resolve(event.data)
    navigator.serviceWorker.controller?.postMessage({ type: 'GET_STATE' }, [port2])
  })

const serviceWorkerReady = () => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)

test('The app opens without the box, once it was opened with it', async ({ box, device }) => {
  const { context, page } = await device('Ada', { tolerates: NO_BOX })
  await page.goto(box.url)
  await expect.poll(() => page.evaluate(serviceWorkerReady)).toBe(true)

  await context.setOffline(true)
  await page.goto(`${box.url}?share_title=Wasser&share_text=siehe%20a.b`)
  await expect(page.locator('#root')).not.toBeEmpty()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
})

test('The service worker tells a page which build serves it', async ({ box, device }) => {
  const { page } = await device('Ada')
  await page.goto(box.url)
  await expect.poll(() => page.evaluate(serviceWorkerReady)).toBe(true)
  expect(await page.evaluate(askState)).toMatchObject({
    type: 'STATE',
    active: { build: expect.stringMatching(/^[0-9a-f]{12}$/) },
    previous: null,
  })
})

test('On a host that sets no headers the service worker isolates the page', async ({ browser }) => {
  const host = await startPlainHost()
  const page = await browser.newPage()
  await page.goto(host.url)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await expect.poll(() => page.evaluate(serviceWorkerReady)).toBe(true)
  await page.reload()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  await page.close()
  await host.stop()
})

test('A new build waits until it is let in, and then says what it replaced', async ({ browser }) => {
  const host = await startPlainHost()
  const page = await browser.newPage()
  await page.goto(host.url)
  await expect.poll(() => page.evaluate(serviceWorkerReady)).toBe(true)
  const before = await page.evaluate(askState)

  host.release()
  const waits = async (): Promise<boolean> => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    return registration.waiting !== null
  }
  await expect.poll(() => page.evaluate(waits)).toBe(true)
  expect(await page.evaluate(askState)).toEqual(before)

  await page.evaluate(async () => {
    const changed = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
    const { waiting } = await navigator.serviceWorker.ready
    waiting?.postMessage({ type: 'SKIP_WAITING' })
    await changed
  })
  await expect.poll(async () => (await page.evaluate(askState)).previous).toEqual(before.active)
  expect((await page.evaluate(askState)).active?.build).not.toBe(before.active?.build)
  await page.close()
  await host.stop()
})
