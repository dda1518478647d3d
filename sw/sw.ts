/// <reference lib="webworker" />
import { addPlugins, cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { buildId } from './build-id.ts'
import { createEngineCache, isEngineFile } from './engine-cache.ts'
import { isolate } from './isolation.ts'
import { parseRequest, type ServiceWorkerState, type SharedText } from './messages.ts'
import { NOT_THE_APP } from './navigation.ts'
import { openPath, pathOf } from './notifications.ts'
import { createPolicy } from './policy.ts'
import { createSharedStore, SHARE_PATH, takeShare } from './share.ts'
import { createBuildStore, withActivated, withInstalled } from './state.ts'

declare const self: ServiceWorkerGlobalScope

const entries = self.__WB_MANIFEST
const store = createBuildStore()
const policy = createPolicy(self.caches, (...asked) => self.fetch(...asked))
const shared = createSharedStore()
const engine = createEngineCache(self.caches, (...asked) => self.fetch(...asked))

addPlugins([{ handlerWillRespond: async ({ response }) => policy.apply(isolate(response)) }])
precacheAndRoute([...entries])
cleanupOutdatedCaches()
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isEngineFile(url.pathname),
  async ({ request }) => policy.apply(isolate(await engine.respond(request))),
)
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === SHARE_PATH,
  async ({ request }) => Response.redirect(await takeShare(await request.formData(), shared), 303),
  'POST',
)
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: NOT_THE_APP }))

const recordInstalled = async (): Promise<void> => {
  const build = { version: __APP_VERSION__, build: await buildId(entries), installedAt: new Date().toISOString() }
  await store.update((history) => withInstalled(history, build))
}

const recordActivated = async (): Promise<void> => {
  const build = await buildId(entries)
  await store.update((history) => withActivated(history, build))
  await self.clients.claim()
}

const answerState = async (port: MessagePort | undefined): Promise<void> => {
  const { active, previous } = await store.read()
  const state: ServiceWorkerState = { type: 'STATE', active, previous }
  port?.postMessage(state)
}

const answerShared = async (port: MessagePort | undefined): Promise<void> => {
  const answer: SharedText = { type: 'SHARED', text: await shared.take() }
  port?.postMessage(answer)
}

// An update waits until the person asks for it: a page never changes under them, and never meets another build's chunks.
self.addEventListener('install', (event) => event.waitUntil(recordInstalled()))
self.addEventListener('activate', (event) => event.waitUntil(recordActivated()))
// a page that opens is served at once, by the policy that is known; the next one has what the box says now
self.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.waitUntil(policy.refresh())
})
self.addEventListener('message', (event) => {
  const request = parseRequest(event.data)
  if (request?.type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting())
  if (request?.type === 'GET_STATE') event.waitUntil(answerState(event.ports[0]))
  if (request?.type === 'TAKE_SHARED') event.waitUntil(answerShared(event.ports[0]))
})
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const path = pathOf(event.notification.data)
  if (path === null) return
  const windows = {
    all: async () => self.clients.matchAll({ type: 'window', includeUncontrolled: true }),
    open: async (url: string) => self.clients.openWindow(url),
  }
  event.waitUntil(openPath(windows, path))
})
