import type { Static } from '@sinclair/typebox'
import type { alertSubscribe } from '#protocol/civdef/capabilities.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { overlaps, severityRank } from '#protocol/civdef/terms.ts'

export type AlertFilter = Static<(typeof alertSubscribe)['input']>

/** Whether an alert is asked for. */
export function fits(record: AlertRecord, { state, region, min_severity, drill }: AlertFilter): boolean {
  const body = record.alert ?? record.mirror
  const places = record.alert ? [record.alert.target.region] : (record.mirror?.regions ?? [])
  if (!body || (state !== undefined && record.state !== state)) return false
  if (drill !== undefined && body.drill !== drill) return false
  if (min_severity !== undefined && severityRank(body.severity) < severityRank(min_severity)) return false
  return region === undefined || places.some((place) => overlaps(place, region))
}
