/** What the service worker answers; it may be of another build. */
const textIn = (data: unknown): string | null =>
  typeof data === 'object' && data !== null && 'text' in data && typeof data.text === 'string' ? data.text : null

/** The file that another app shared, out of the service worker's keeping; null where there is none, or no service worker. */
export function takeSharedFile(): Promise<string | null> {
  const worker = navigator.serviceWorker?.controller
  if (!worker) return Promise.resolve(null)
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      port1.close()
      resolve(textIn(data))
    }
    worker.postMessage({ type: 'TAKE_SHARED' }, [port2])
  })
}
