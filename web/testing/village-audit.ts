import type { AuditReport } from '#protocol/civdef/audit.ts'
import * as audits from '#protocol/civdef/audit-capabilities.ts'
import { auditExport } from '#protocol/civdef/capabilities.ts'
import { auditChanged } from '#protocol/civdef/events.ts'
import type { FakeClient } from './fake-client.ts'
import { NAMES, nodeIdFor, timeAt } from './village.ts'

/** How far Anna's desk has come: nothing on it, everything in use, or a record that does not hold together. */
export const DESK_SCENES = ['new', 'full', 'broken'] as const
export type DeskScene = (typeof DESK_SCENES)[number]

const REPORT: AuditReport = {
  whole: true,
  entries: 412,
  checkpoints: 6,
  checkpointed: 409,
  witnessed: 400,
  witnesses: [nodeIdFor(NAMES[1]), nodeIdFor(NAMES[2])],
  breaks: [],
}
const BROKEN: AuditReport = {
  ...REPORT,
  whole: false,
  breaks: [
    { fault: 'prev_hash', seq: 211, at: '/211/prev_sha', message: 'does not point at the entry before it' },
    { fault: 'truncated', seq: 409, at: 'checkpoint', message: 'a checkpoint covers 420 entries, there are 412' },
  ],
}

/** The record of Anna's device (AUD-4). */
export function answerAudit(client: FakeClient, scene: DeskScene): void {
  let report = scene === 'broken' ? BROKEN : scene === 'new' ? null : REPORT
  const witnesses = [...REPORT.witnesses]
  client.answer(audits.auditState, () => ({
    entries: scene === 'new' ? 0 : REPORT.entries,
    report,
    checked_at: scene === 'new' ? null : timeAt(0),
    blocked: report?.whole === false,
    expired: scene === 'full' ? 3 : 0,
    earlier: scene === 'full' ? 1 : 0,
    checkpoint: scene === 'new' ? null : { size: 409, at: timeAt(0), witnesses, note: 'x' },
  }))
  client.answer(audits.auditVerify, () => report ?? { ...REPORT, entries: 0 })
  client.answer(audits.auditCheckpoint, () => ({ size: REPORT.entries, witnesses }))
  client.answer(audits.auditDelete, () => ({ deleted: 3 }))
  client.answer(audits.auditRestart, () => {
    report = REPORT
    client.emit(auditChanged)
    return { size: 1 }
  })
  client.answer(auditExport, ({ format }) => ({
    file_name: `protokoll.${format}`,
    media_type: 'text/plain',
    content: '',
    entries: REPORT.entries,
  }))
}
