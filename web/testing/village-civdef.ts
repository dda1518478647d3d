import * as civdef from '#protocol/civdef/capabilities.ts'
import * as desk from '#protocol/civdef/desk-capabilities.ts'
import { alertAcked, noticeChanged } from '#protocol/civdef/events.ts'
import * as exchange from '#protocol/civdef/exchange-capabilities.ts'
import { type Notice, type NoticeId, noticeClaim, noticeList, noticeShown } from '#protocol/civdef/notice-capabilities.ts'
import * as places from '#protocol/civdef/place-capabilities.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { toldOf } from '../modules/civdef/told.ts'
import type { FakeClient } from './fake-client.ts'
import { contentIdFor, nodeIdFor } from './village.ts'
import { createVillageAlerts, PLACES, type VillageAlerts } from './village-alerts.ts'

/** What Anna's device knows of alerts: nothing, nothing that holds now, some, or one that cannot wait. */
export const CIVDEF_SCENES = ['off', 'new', 'calm', 'active', 'extreme'] as const
export type CivdefScene = (typeof CIVDEF_SCENES)[number]

export interface VillageCivdefOptions {
  readonly scene: CivdefScene
  readonly config: () => HearthnetConfig
}

const CAP = '<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>\n'
const NO_MORE_THAN = 5

/** Scene by scene, which of the village's alerts there are. */
function recordsOf(scene: CivdefScene, village: VillageAlerts): readonly AlertRecord[] {
  if (scene === 'off' || scene === 'new') return []
  const records = village.records()
  const isCalm = scene === 'calm'
  return isCalm ? records.filter(({ state }) => state === 'cancelled') : records
}

function noticeOf(record: AlertRecord, village: VillageAlerts, scene: CivdefScene): Notice {
  const told = toldOf(record)
  const [first, ...variants] = told.words.map(({ language, title, body }) => ({ language, title, body }))
  if (!first) throw new TypeError('an alert says something')
  const isFull = scene === 'extreme' && told.severity === 'extreme'
  return {
    tag: `civdef:${record.key}`,
    revision: `civdef:${record.key}:${record.content_id}`,
    kind: record.state === 'cancelled' ? 'all_clear' : 'new',
    key: record.key,
    severity: told.severity,
    drill: told.drill,
    marks: village.decision(record.key)?.marks ?? [],
    from: record.mirror?.sender_name ?? 'Wehrleiter Issum',
    ...first,
    variants,
    silent: record.state === 'cancelled',
    sound: isFull,
    vibration: isFull,
    full_screen: isFull,
    until: new Date(told.until).toISOString(),
    shown: false,
  }
}

function answerNotices(client: FakeClient, need: () => void, notices: readonly Notice[]): void {
  const shown = new Set<string>()
  const claimed = new Set<string>()
  const idOf = ({ tag, revision }: NoticeId): string => `${tag} ${revision}`
  client.answer(noticeList, () => {
    need()
    return { notices: notices.map((notice) => ({ ...notice, shown: shown.has(idOf(notice)) })), ending: [] }
  })
  client.answer(noticeClaim, ({ notices: wanted }) => {
    const yours = wanted.filter((one) => !claimed.has(idOf(one)))
    for (const one of yours) claimed.add(idOf(one))
    return { yours }
  })
  client.answer(noticeShown, ({ notices: done }) => {
    for (const one of done) shown.add(idOf(one))
    client.emit(noticeChanged)
    return {}
  })
}

/** Alerts at Anna's device, without a real one among them. */
export function answerCivdef(client: FakeClient, { scene, config }: VillageCivdefOptions): void {
  const village = createVillageAlerts(Date.now())
  const records = recordsOf(scene, village)
  const need = (): void => {
    if (!config().civdef.enabled) throw new HearthError('experimental_disabled', 'alerts are switched off')
  }
  const find = (key: string): AlertRecord => {
    const found = records.find((record) => record.key === key)
    if (!found) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
    return found
  }
  client.answer(civdef.alertList, ({ state, limit, refused = false }) => {
    need()
    // as the node does it: what is not believed is in no list but its own
    const isRefused = ({ key }: AlertRecord): boolean => village.decision(key)?.delivery === 'refuse'
    const all = records.filter((record) => (state === undefined || record.state === state) && isRefused(record) === refused)
    return { alerts: all.slice(0, limit), total: all.length, next: null }
  })
  client.answer(civdef.alertGet, ({ key }) => {
    const record = find(key)
    return { record, certificates: record.alert ? [...village.certificates] : [] }
  })
  client.answer(desk.alertExplain, ({ key }) => {
    const decision = village.decision(find(key).key)
    if (!decision) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
    return decision
  })
  let acks = 0
  client.answer(civdef.alertAck, () => {
    acks += 1
    if (acks > NO_MORE_THAN) {
      throw new HearthError('civdef_ack_rate_limited', 'five answers a minute are enough', { retryAfterMs: 40_000 })
    }
    client.emit(alertAcked)
    return { content_id: contentIdFor(`ack ${acks}`) }
  })
  client.answer(desk.walletGet, () => {
    need()
    return { own: [], issued_ending: [], box_key: null }
  })
  client.answer(places.placeSearch, ({ text, limit }) => {
    const wanted = text.toLowerCase()
    const exact = PLACES.filter(({ region }) => region === text)
    const named = PLACES.filter(({ name, kind }) => kind === 'gemeinde' && name.toLowerCase().startsWith(wanted))
    return {
      places: (exact.length > 0 ? exact : named).slice(0, limit),
      source: 'Gemeindeverzeichnis eines Dorfes, das es nicht gibt',
    }
  })
  client.answer(places.placeMap, () => ({
    points: PLACES.flatMap(({ region, name, inhabitants, position }) =>
      position ? [{ region, name, inhabitants, position }] : [],
    ),
    source: 'Ortsverzeichnis eines Dorfes, das es nicht gibt',
  }))
  client.answer(places.placeGet, () => {
    need()
    const { municipality } = config().civdef
    return { place: PLACES.find(({ region }) => region === municipality) ?? null, position: null }
  })
  client.answer(exchange.capExport, ({ key }) => ({ file_name: `warnung-${find(key).content_id.slice(-8)}.xml`, text: CAP }))
  client.answer(exchange.capImport, ({ keep }) => {
    const { mirror } = village.record('mirror')
    return { mirrors: mirror ? [mirror] : [], kept: keep ? 1 : 0 }
  })
  client.answer(exchange.forwardExport, ({ key }) => ({
    file_name: `${find(key).key}.hearthnet`,
    text: 'HN1:F:MFRGGZDF',
    hop: 1,
  }))
  client.answer(exchange.forwardImport, ({ keep }) => {
    const record = records.find(({ key, alert }) => alert !== null && village.decision(key)?.delivery === 'notify')
    const decision = record && village.decision(record.key)
    if (!record?.alert || !decision) throw new HearthError('bad_request', 'not the code that is wanted here')
    return { alert: record.alert, path: [nodeIdFor('Geldern')], decision, kept: keep }
  })
  client.answer(exchange.feedState, () => ({
    url: config().civdef.feed_url,
    asked_at: null,
    outcome: 'never' as const,
    kept: 0,
    refused: 0,
  }))
  const heard = records.filter(({ key }) => ['notify', 'alarm'].includes(village.decision(key)?.delivery ?? 'list'))
  answerNotices(
    client,
    need,
    heard.map((record) => noticeOf(record, village, scene)),
  )
}
