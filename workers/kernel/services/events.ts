import { eventsList, eventsStats, eventsWatch } from '#protocol/events/capabilities.ts'
import type { Bus } from '../bus/bus.ts'
import type { CommunityHolder } from '../community/holder.ts'
import type { LogStats } from '../log/log.ts'
import type { Notifier } from '../notifier.ts'

export interface EventsServiceDeps {
  readonly bus: Bus
  readonly community: CommunityHolder
  readonly notifier: Notifier
}

const NOTHING: LogStats = { stored: 0, waiting: 0, excluded: 0, refused: {}, equivocations: [] }

/** `events.*`. */
export function serveEvents({ bus, community, notifier }: EventsServiceDeps): void {
  bus.handle(eventsStats, async () => {
    const stats = community.current()?.log.stats() ?? NOTHING
    return {
      stored: stats.stored,
      waiting: stats.waiting,
      excluded: stats.excluded,
      refused: { ...stats.refused },
      equivocations: stats.equivocations.map(({ author, contentIds }) => ({ author, content_ids: [...contentIds] })),
    }
  })

  bus.handle(eventsList, async ({ limit }) => {
    const newest = (await community.current()?.log.newest(limit)) ?? []
    return { events: newest.map(({ cid, event }) => ({ content_id: cid, event })) }
  })

  // what piles up while a screen is slow goes out as one frame, so that nothing grows without bound
  bus.handleStream(eventsWatch, async function* (_, { signal }) {
    const heard = new Set<string>()
    let wake = (): void => {}
    const stop = notifier.heard.on((types) => {
      for (const type of types) heard.add(type)
      wake()
    })
    const onAbort = (): void => wake()
    signal.addEventListener('abort', onAbort)
    try {
      while (!signal.aborted) {
        if (heard.size === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve
            if (signal.aborted) resolve()
          })
          continue
        }
        const types = [...heard]
        heard.clear()
        yield { types }
      }
      return {}
    } finally {
      stop()
      signal.removeEventListener('abort', onAbort)
    }
  })
}
