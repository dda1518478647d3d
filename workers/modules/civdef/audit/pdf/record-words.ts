import type { AuditEvent } from '#protocol/civdef/audit.ts'
import type { AckStatus, AlertSeverity } from '#protocol/civdef/terms.ts'

/** What an entry says happened. */
export const EVENT_WORDS: { readonly [E in AuditEvent]: string } = {
  published: 'Warnung veröffentlicht',
  forwarded: 'Warnung aus einer anderen Gemeinschaft weitergegeben',
  acked: 'Rückmeldung gegeben',
  cancelled: 'Warnung beendet',
  mirrored: 'Amtliche Warnung übernommen',
  role_registered: 'Ausweis bekannt gemacht',
  role_revoked: 'Ausweis entzogen',
  checkpointed: 'Prüfpunkt gesetzt',
  deleted: 'Alte Einträge gelöscht',
  restarted: 'Protokoll nach einem Bruch neu begonnen',
}

const SEVERITIES: { readonly [S in AlertSeverity]: string } = {
  info: 'Information',
  advisory: 'Hinweis',
  warning: 'Warnung',
  emergency: 'Gefahr',
  extreme: 'Höchste Gefahr',
}
const STATUSES: { readonly [S in AckStatus]: string } = {
  received: 'Angekommen',
  acting: 'Ich handle',
  need_help: 'Ich brauche Hilfe',
  standing_down: 'Einsatz beendet',
  mistaken: 'Ein Irrtum',
}

type Fields = { readonly [name: string]: unknown }
export type Labelled = readonly [label: string, text: string]

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const wordOf = (words: Readonly<Record<string, string>>, value: unknown): string =>
  (typeof value === 'string' ? words[value] : undefined) ?? String(value)

/** Local time with its offset named, beside what is signed: UTC. @param time RFC 3339 */
export function timeWords(time: string): string {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return time
  const zone = { timeZone: 'Europe/Berlin', timeZoneName: 'short' } as const
  const local = new Intl.DateTimeFormat('de-DE', {
    ...zone,
    dateStyle: undefined,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
  return `${local} = ${time}`
}

/** Fields of a record in the order in which a person reads them; what has no line of its own stays in the attached file. */
const LINES: readonly (readonly [name: string, label: string, words: (value: unknown) => string])[] = [
  ['severity', 'Stufe', (value) => wordOf(SEVERITIES, value)],
  ['title', 'Überschrift', String],
  ['body', 'Text', String],
  ['instructions', 'Anweisungen', (value) => (Array.isArray(value) ? value.map((one) => `– ${String(one)}`).join('\n') : '')],
  ['target', 'Gebiet', (value) => (isFields(value) ? String(value.region) : '')],
  ['status', 'Rückmeldung', (value) => wordOf(STATUSES, value)],
  ['note', 'Notiz', String],
  ['all_clear', 'Entwarnung', (value) => (value === true ? 'ja, die Gefahr ist vorbei' : 'nein, die Warnung gilt nicht')],
  ['reason', 'Grund', String],
  ['role', 'Rolle', String],
  ['publisher_role', 'Rolle', String],
  ['region', 'Region', String],
  ['correlation_id', 'Kennung', String],
  ['sender', 'Absender', String],
  ['published_at', 'Veröffentlicht', (value) => timeWords(String(value))],
  ['acked_at', 'Gegeben', (value) => timeWords(String(value))],
  ['cancelled_at', 'Beendet', (value) => timeWords(String(value))],
  ['expires_at', 'Gilt bis', (value) => timeWords(String(value))],
  ['size', 'Gelöscht', (value) => `die ersten ${String(value)} Einträge`],
  ['years', 'Frist', (value) => `${String(value)} Jahre`],
]

/** What a record says, for somebody who reads paper. */
export function recordWords(record: unknown): readonly Labelled[] {
  if (!isFields(record)) return []
  return LINES.flatMap(([name, label, words]): Labelled[] => {
    const value = record[name]
    if (value === undefined || value === null) return []
    const text = words(value)
    const isCertificate = name === 'title' && 'cert_id' in record
    return text === '' ? [] : [[isCertificate ? 'Ausweis' : label, text]]
  })
}
