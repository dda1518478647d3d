import type { Alert, SealedAlert } from '#protocol/civdef/alert.ts'
import type { AuditEntry } from '#protocol/civdef/audit.ts'
import {
  auditCheckpoint,
  auditDelete,
  auditRestart,
  auditState,
  auditVerify,
  auditWitness,
} from '#protocol/civdef/audit-capabilities.ts'
import { auditExport } from '#protocol/civdef/capabilities.ts'
import { auditBroken, auditChanged } from '#protocol/civdef/events.ts'
import { openCheckpoint, toBase64, witnessesOf } from '#protocol/civdef/note.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { createSignal, type Signal } from '../../../kernel/signal.ts'
import type { View } from '../../../kernel/views.ts'
import type { AlertRow, CertificateRow } from '../store.ts'
import { type Chain, openChain } from './chain.ts'
import { openChainStore } from './chain-store.ts'
import { AUDIT_MEDIA_TYPE, type ExportLine, exportLines, toJsonl } from './export.ts'
import { limitOf } from './retention.ts'
import { createSteward } from './steward.ts'
import { type Epoch, parsedEntry } from './verify.ts'
import { createWitness } from './witness.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'shelf' | 'config' | 'notify' | 'log' | 'publish' | 'members'> & {
  readonly certificates: View<CertificateRow>
  readonly alerts: View<AlertRow>
}

const HeldSchema = Strict({ notes: Type.Record(Type.String(), Type.String()) })

/** Newest checkpoint's size; of a chain that was never checkpointed, or is broken, everything there is. */
const sizeOf = ({ base, entries }: Epoch): number => (base?.size ?? 0) + entries.length

export interface Audit {
  readonly chain: Chain
  /** A broken chain was begun anew: what was blocked goes on (AUD-4). */
  readonly restarted: Signal<void>
  readonly withdraw: (() => void)[]
}

/** This device's chain, and this device as a witness of others' (AUD-1 to AUD-6). */
export async function serveAudit(deps: Deps): Promise<Audit> {
  const { bus, runtime, signer, shelf, config, notify, members, certificates, alerts } = deps
  let checkedAt = runtime.now()
  const restarted = createSignal<void>()
  const chain: Chain = await openChain({
    signer,
    store: await openChainStore(shelf),
    now: runtime.now,
    onBreak: () => notify(auditBroken),
    onEntry: (event) => steward.noticed(event),
  })
  const steward = createSteward({ ...deps, chain })
  const held = await shelf.open('civdef.witness', HeldSchema, { notes: {} })
  const witness = createWitness({
    signer,
    now: runtime.now,
    store: {
      get: (origin) => held.get().notes[origin] ?? null,
      set: (origin, note) => held.set({ notes: { ...held.get().notes, [origin]: note } }),
    },
  })
  const limit = (): string => limitOf(runtime.now(), config().civdef.retention_years)

  /** Of several under one id this person's own, else the first that was heard. What is for a role stays sealed (CIV-6). */
  function alertOf({ alert_id }: AuditEntry): Alert | SealedAlert | null {
    const heard = alert_id === null ? [] : (alerts.get(alert_id)?.heard ?? [])
    const words = heard.flatMap(({ alert, sealed }) => alert ?? sealed ?? [])
    return words.find(({ publisher }) => publisher === signer.nodeId) ?? words[0] ?? null
  }

  async function linesOf(run: Epoch, only?: (entry: AuditEntry) => boolean): Promise<readonly ExportLine[]> {
    const sizes = await Promise.all(run.checkpoints.map((note) => coveredBy(note)))
    const covered = Math.max(0, ...sizes.filter((size) => size <= sizeOf(run)))
    return exportLines({
      owner: signer.nodeId,
      chain: run,
      // what is broken is exported as it is: the check of the file shows where
      size: covered > (run.base?.size ?? 0) ? covered : sizeOf(run),
      madeAt: runtime.now(),
      certificates: certificates.rows().map(({ certificate }) => certificate),
      record: (index) => chain.record(run.epoch, index),
      alertOf,
      ...(only ? { only } : {}),
    })
  }
  /** A checkpoint has no time of its own: when the last entry was written that it covers. */
  function coveredUntil(size: number): string {
    const { base, entries } = chain.current()
    const text = entries[size - (base?.size ?? 0) - 1]
    // what broke on the disk is none
    const entry = text === undefined ? null : parsedEntry(text)
    return entry?.at ?? wireTime(checkedAt)
  }
  const coveredBy = (note: string): Promise<number> =>
    openCheckpoint(note, signer.nodeId).then(
      ({ body }) => body.size,
      () => 0,
    )

  const withdraw = [
    () => steward.stop(),
    bus.handle(auditWitness, async ({ note, old_size, proof }, { caller }) => {
      if (caller.nodeId === null) throw new HearthError('unauthorized', 'a log is somebody’s')
      return witness.cosign({ log: caller.nodeId, note, oldSize: old_size, proof })
    }),

    bus.handle(auditCheckpoint, async () => {
      const { size, witnesses } = await steward.checkpoint()
      return { size, witnesses: [...witnesses] }
    }),

    bus.handle(auditVerify, async ({ by }) => {
      const report = await chain.verify({ by, held: await steward.heldElsewhere() })
      checkedAt = runtime.now()
      notify(auditChanged)
      return report
    }),

    bus.handle(auditState, async () => {
      const newest = chain.newestCheckpoint()
      const opened = newest && (await openCheckpoint(newest.note, signer.nodeId).catch(() => null))
      return {
        entries: chain.size(),
        report: chain.report(),
        checked_at: wireTime(checkedAt),
        blocked: chain.blocked(),
        expired: chain.expired(limit()),
        earlier: chain.epochs().length - 1,
        checkpoint:
          newest && opened
            ? { ...newest, at: coveredUntil(newest.size), witnesses: [...(await witnessesOf(opened.note))] }
            : null,
      }
    }),

    bus.handle(auditRestart, async ({ reason }) => {
      await chain.restart(reason)
      notify(auditChanged)
      restarted.emit()
      return { size: chain.size() }
    }),

    bus.handle(auditDelete, async ({ years }) => {
      if (years !== config().civdef.retention_years) {
        throw new HearthError('bad_request', 'not the years that are configured', { data: { field: '/years' } })
      }
      const deleted = await chain.deleteExpired(limit(), years)
      notify(auditChanged)
      return { deleted }
    }),

    bus.handle(auditExport, async ({ format, since, until, alert_id, epoch }) => {
      const run = epoch === undefined ? chain.current() : chain.epochs()[epoch]
      if (!run) throw new HearthError('bad_request', 'no such run of the chain', { data: { field: '/epoch' } })
      // an export is worth what its checkpoint is worth: a fresh one first, with whoever is near as its witness
      if (run === chain.current() && !chain.blocked() && steward.isDue()) await steward.checkpoint()
      const isPart = since !== undefined || until !== undefined || alert_id !== undefined
      const lines = await linesOf(
        run,
        isPart
          ? (entry) =>
              (since === undefined || entry.at >= since) &&
              (until === undefined || entry.at <= until) &&
              (alert_id === undefined || entry.alert_id === alert_id)
          : undefined,
      )
      const entries = lines.filter(({ kind }) => kind === 'entry').length
      const name = `protokoll-${wireTime(runtime.now()).slice(0, 10)}`
      const jsonl = toJsonl(lines)
      if (format === 'jsonl') {
        return { file_name: `${name}.jsonl`, media_type: AUDIT_MEDIA_TYPE, content: jsonl, entries }
      }
      // most devices never print: the printed form is loaded when somebody does
      const { exportPdf } = await import('./pdf/document.ts')
      const pdf = await exportPdf({
        lines,
        jsonl: { name: `${name}.jsonl`, bytes: utf8(jsonl) },
        nameOf: (nodeId) => members.get(nodeId)?.displayName ?? '',
      })
      return { file_name: `${name}.pdf`, media_type: 'application/pdf', content: toBase64(pdf), entries }
    }),
  ]
  return { chain, restarted, withdraw }
}
