import { describe, expect, it } from 'vitest'
import { createUpdates } from './update.ts'

// as much of the browser's service worker objects as updates touch; the casts below say so
class FakeWorker extends EventTarget {
  state = 'installing'
  readonly posted: unknown[] = []
  postMessage(message: unknown) {
    this.posted.push(message)
  }
  become(state: string) {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}
class FakeRegistration extends EventTarget {
  waiting: FakeWorker | null = null
  active: FakeWorker | null = null
  installing: FakeWorker | null = null
  find(worker: FakeWorker) {
    this.installing = worker
    this.dispatchEvent(new Event('updatefound'))
  }
}
class FakeContainer extends EventTarget {
  readonly registration = new FakeRegistration()
  readonly registered: string[] = []
  readonly controller: object | null
  constructor(controller: object | null) {
    super()
    this.controller = controller
  }
  reachable = true
  async register(url: string) {
    this.registered.push(url)
    if (!this.reachable) throw new TypeError('no box')
    return this.registration
  }
}

async function setUp({ controlled, waiting }: { readonly controlled: boolean; readonly waiting?: FakeWorker }) {
  const container = new FakeContainer(controlled ? {} : null)
  container.registration.waiting = waiting ?? null
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' as const })
  let reloads = 0
  const later: { readonly ms: number; readonly task: () => void }[] = []
  const updates = createUpdates({
    container: container as unknown as ServiceWorkerContainer,
    page: page as unknown as Document,
    after: (ms, task) => void later.push({ ms, task }),
    reload: () => {
      reloads += 1
    },
  })
  await Promise.resolve().then(() => undefined)
  return { container, updates, later, reloads: () => reloads }
}

describe('updates', () => {
  it('do nothing where there is no service worker', () => {
    const updates = createUpdates({ container: undefined, page: noPage(), after: () => undefined, reload: () => undefined })
    updates.apply()
    expect(updates.ready()).toBe(false)
  })

  it('offer a version that waited since an earlier visit', async () => {
    const { container, updates } = await setUp({ controlled: true, waiting: new FakeWorker() })
    expect(container.registered).toEqual(['/sw.js'])
    expect(updates.ready()).toBe(true)
  })

  it('offer a version once it is installed, and tell whoever listens', async () => {
    const { container, updates } = await setUp({ controlled: true })
    let told = 0
    const unsubscribe = updates.subscribe(() => {
      told += 1
    })
    const worker = new FakeWorker()
    container.registration.find(worker)
    expect(updates.ready()).toBe(false)
    worker.become('installed')
    expect([updates.ready(), told]).toEqual([true, 1])
    unsubscribe()
    worker.become('redundant')
    expect([updates.ready(), told]).toEqual([false, 1])
  })

  it('say nothing on the first visit: nothing old is running', async () => {
    const { container, updates } = await setUp({ controlled: false })
    const worker = new FakeWorker()
    container.registration.find(worker)
    worker.become('installed')
    expect(updates.ready()).toBe(false)
  })

  it('begin a first installation again that broke off, later each time, until it is there', async () => {
    const { container, later } = await setUp({ controlled: false })
    const paused: number[] = []
    for (let time = 0; time < 7; time++) {
      const worker = new FakeWorker()
      container.registration.find(worker)
      worker.become('redundant')
      expect(later).toHaveLength(1)
      for (const { ms, task } of later.splice(0)) {
        paused.push(ms)
        task()
      }
      await Promise.resolve().then(() => undefined)
      expect(container.registered).toHaveLength(time + 2)
    }
    expect(paused).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    const worker = new FakeWorker()
    container.registration.find(worker)
    worker.become('installed')
    // another one takes its place later
    worker.become('redundant')
    expect(later).toEqual([])
  })

  it('begin it again, too, once the box is back', async () => {
    const { container, later } = await setUp({ controlled: false })
    const worker = new FakeWorker()
    container.registration.find(worker)
    container.reachable = false
    worker.become('redundant')
    for (const expected of [2000, 4000]) {
      const [next] = later.splice(0)
      expect(next?.ms).toBe(expected)
      next?.task()
      await Promise.resolve().then(() => undefined)
    }
    expect(later).toHaveLength(1)
  })

  it('leave an update that broke off to the next look: the version before it is there', async () => {
    const { container, later } = await setUp({ controlled: true })
    container.registration.active = new FakeWorker()
    const worker = new FakeWorker()
    container.registration.find(worker)
    worker.become('redundant')
    expect(later).toEqual([])
  })

  it('reload once, and only after the person agreed', async () => {
    const worker = new FakeWorker()
    const { container, updates, reloads } = await setUp({ controlled: true, waiting: worker })
    container.dispatchEvent(new Event('controllerchange'))
    expect([reloads(), worker.posted]).toEqual([0, []])
    updates.apply()
    expect(worker.posted).toEqual([{ type: 'SKIP_WAITING' }])
    container.dispatchEvent(new Event('controllerchange'))
    container.dispatchEvent(new Event('controllerchange'))
    expect(reloads()).toBe(1)
  })

  it('reload at once where another tab has let the new version in', async () => {
    const worker = new FakeWorker()
    const { updates, reloads } = await setUp({ controlled: true, waiting: worker })
    worker.become('activated')
    updates.apply()
    expect([reloads(), worker.posted]).toEqual([1, []])
  })
})

const noPage = () => new EventTarget() as unknown as Document
