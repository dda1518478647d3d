import { noticeChanged, walletChanged } from '#protocol/civdef/events.ts'
import {
  type EndingNotice,
  type Notice,
  type NoticeId,
  noticeClaim,
  noticeList,
  noticeShown,
} from '#protocol/civdef/notice-capabilities.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Regions } from '../regions/adapters.ts'
import { recordOf } from '../role.ts'
import type { AlertRow, CertificateRow } from '../store.ts'
import { ending } from './ending.ts'
import { openLedger, type ShownNotice } from './ledger.ts'
import { type Judged, standing } from './stand.ts'

/** How long a page has from being given the word to saying that it showed, ms; then another one may. */
const CLAIM_MS = 20_000
/** Longest time between two looks at what ends: a timer further off than 24 days fires at once. */
const LOOK_MS = 3_600_000
/** A certificate's warning is remembered past its end. */
const CERT_MEMORY_MS = 40 * 86_400_000
/** Replacements that are followed back at most. */
const MAX_BEFORE = 32

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'notify' | 'members'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
  readonly certificates: View<CertificateRow>
  readonly regions: Regions
}

const nameOf = ({ tag, revision }: NoticeId): string => `${tag} ${revision}`

/** What stands as a notification on this device, and the memory of what was shown (CIV-3, CIV-8). */
export async function serveNotices(deps: Deps): Promise<(() => void)[]> {
  const { bus, runtime, signer, config, notify, members, knowledge, alerts, certificates, regions } = deps
  const ledger = await openLedger(deps)
  /** Who has the word, until when; with what to remember when it was shown. */
  const claims = new Map<string, { readonly shown: ShownNotice; readonly until: number }>()

  /** What an alert validly takes the place of, back to the first. */
  function before(row: AlertRow): string[] {
    const found: string[] = []
    let { alert, mirror } = knowledge.heard(row)
    if (mirror) return mirror.references.map((id) => `mirror:${id}`).filter((key) => alerts.get(key) !== null)
    for (let step = 0; alert?.replaces && step < MAX_BEFORE; step++) {
      const earlier = alerts.get(alert.replaces)
      if (!earlier || found.includes(earlier.key)) break
      if (knowledge.received(earlier).replacedBy !== alert.alert_id) break
      found.push(earlier.key)
      alert = knowledge.heard(earlier).alert
    }
    return found
  }

  function judge(row: AlertRow): Judged {
    const { lamport, alert, mirror } = knowledge.heard(row)
    const title = alert && knowledge.certificates().find(alert.publisher_cert)?.title
    return {
      key: row.key,
      received: knowledge.received(row),
      decision: knowledge.decision(row),
      state: knowledge.record(row).state,
      before: before(row),
      lamport,
      from: title ?? alert?.publisher_role ?? (mirror?.sender_name || mirror?.sender) ?? '',
    }
  }

  const endOf = (row: AlertRow): number => {
    const { alert, mirror } = knowledge.heard(row)
    return Date.parse(alert?.expires_at ?? mirror?.expires_at ?? '') || 0
  }

  function notices(): Notice[] {
    const now = runtime.now()
    const current = alerts.rows().filter((row) => endOf(row) > now)
    return standing(current.map(judge), ledger.all(), config().civdef, now)
  }

  function endings(): EndingNotice[] {
    const known = knowledge.certificates()
    const now = runtime.now()
    const records = certificates.rows().map(({ certificate }) => recordOf(certificate, known, regions, now))
    return ending(records, signer.nodeId, (holder) => members.get(holder)?.displayName ?? '', ledger.all())
  }

  /** Everything that waits to be shown, with what is remembered of it then. */
  function waiting(): Map<string, ShownNotice> {
    const now = runtime.now()
    const shownBy = new Map<string, ShownNotice>()
    for (const one of notices()) {
      const { tag, revision, key, severity } = one
      const row = alerts.get(key)
      if (!one.shown) shownBy.set(nameOf(one), { tag, revision, key, severity, until: row ? endOf(row) : now })
    }
    for (const { tag, revision, shown } of endings()) {
      const word: ShownNotice = { tag, revision, key: null, severity: 'info', until: now + CERT_MEMORY_MS }
      if (!shown) shownBy.set(nameOf(word), word)
    }
    return shownBy
  }

  let cancelLook = (): void => {}
  let nextLook = Number.POSITIVE_INFINITY
  let lastLook = runtime.now()
  /** Looks again when the next thing ends by itself, and sooner where something new ends sooner. */
  function lookAt(at: number): void {
    if (at >= nextLook) return
    cancelLook()
    nextLook = at
    cancelLook = runtime.after(Math.max(0, at - runtime.now()), () => {
      nextLook = Number.POSITIVE_INFINITY
      const now = runtime.now()
      const lapsed = [...claims].filter(([, { until }]) => until <= now)
      for (const [name] of lapsed) claims.delete(name)
      const ends = alerts.rows().map(endOf)
      const hasEnded = ends.some((end) => end > lastLook && end <= now)
      lastLook = now
      const ahead = [...ends, ...[...claims.values()].map(({ until }) => until)].filter((end) => end > now)
      lookAt(ahead.reduce((first, end) => Math.min(first, end), now + LOOK_MS))
      if (hasEnded || lapsed.length > 0) notify(noticeChanged)
      // days pass without any event (CIV-3)
      if (endings().length > 0) notify(noticeChanged, walletChanged)
    })
  }
  const stops = [
    alerts.changed.on((keys) => {
      notify(noticeChanged)
      const now = runtime.now()
      const ends = keys.flatMap((key) => alerts.get(key) ?? []).map(endOf)
      lookAt(ends.filter((end) => end > now).reduce((first, end) => Math.min(first, end), now + LOOK_MS))
    }),
    certificates.changed.on(() => notify(noticeChanged)),
  ]
  lookAt(runtime.now())

  const withdraw = [
    bus.handle(noticeList, async () => ({ notices: notices(), ending: endings() })),

    bus.handle(noticeClaim, async ({ notices: wanted }) => {
      const now = runtime.now()
      const open = waiting()
      const yours = wanted.filter((one) => {
        const name = nameOf(one)
        const shown = open.get(name)
        if (!shown || (claims.get(name)?.until ?? 0) > now) return false
        claims.set(name, { shown, until: now + CLAIM_MS })
        return true
      })
      if (yours.length > 0) lookAt(now + CLAIM_MS)
      return { yours }
    }),

    bus.handle(noticeShown, async ({ notices: said }) => {
      const open = waiting()
      const shown = said.flatMap((one) => claims.get(nameOf(one))?.shown ?? open.get(nameOf(one)) ?? [])
      if (shown.length === 0) return {}
      await ledger.add(shown, runtime.now())
      for (const one of shown) claims.delete(nameOf(one))
      notify(noticeChanged)
      return {}
    }),
  ]
  return [() => cancelLook(), ...stops, ...withdraw]
}
