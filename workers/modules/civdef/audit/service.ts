import { auditExport } from '#protocol/civdef/capabilities.ts'
import { auditCheckpoint, auditRestart, auditState, auditVerify, auditWitness } from '#protocol/civdef/desk-capabilities.ts'
import { auditBroken, auditChanged, auditCheckpointed } from '#protocol/civdef/events.ts'
import { openCheckpoint, witnessesOf } from '#protocol/civdef/note.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { CertificateRow } from '../store.ts'
import { type Chain, openChain } from './chain.ts'
import { openChainStore } from './chain-store.ts'
import { AUDIT_MEDIA_TYPE, exportJsonl } from './export.ts'
import { createWitness } from './witness.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'shelf' | 'notify' | 'log' | 'publish' | 'members'> & {
  readonly certificates: View<CertificateRow>
}

const HeldSchema = Strict({ notes: Type.Record(Type.String(), Type.String()) })

/** This device's chain, and this device as a witness of others' (AUD-1 to AUD-5). */
export async function serveAudit(deps: Deps): Promise<{ readonly chain: Chain; readonly withdraw: (() => void)[] }> {
  const { bus, runtime, signer, shelf, notify, log, publish, members, certificates } = deps
  let checkedAt = runtime.now()
  const chain = await openChain({
    signer,
    store: await openChainStore(shelf),
    now: runtime.now,
    onBreak: () => notify(auditBroken),
  })
  const held = await shelf.open('civdef.witness', HeldSchema, { notes: {} })
  const witness = createWitness({
    signer,
    now: runtime.now,
    store: {
      get: (origin) => held.get().notes[origin] ?? null,
      set: (origin, note) => held.set({ notes: { ...held.get().notes, [origin]: note } }),
    },
  })

  const others = (): readonly NodeId[] =>
    members
      .all()
      .filter(({ nodeId, status }) => status === 'active' && nodeId !== signer.nodeId)
      .map(({ nodeId }) => nodeId)

  /** One witness: from what it holds to the newest checkpoint. What is away or off is no witness now. */
  async function ask(to: NodeId, note: string, size: number): Promise<string | null> {
    const first = await bus.call(auditWitness, { note, old_size: 0, proof: [] }, { to })
    if (first.outcome === 'cosigned') return first.line
    if (first.size > size) return null
    const proof = chain.consistency(first.size, size)
    const second = await bus.call(auditWitness, { note, old_size: first.size, proof }, { to })
    return second.outcome === 'cosigned' ? second.line : null
  }

  /** The checkpoints that members hold of this chain: what they saw cannot be unsaid. */
  async function heldElsewhere(): Promise<string[]> {
    const newest = chain.newestCheckpoint()
    if (!newest) return []
    const asked = others().map(async (to) => {
      const answer = await bus.call(auditWitness, { note: newest.note, old_size: newest.size + 1, proof: [] }, { to })
      return answer.held === '' ? [] : [answer.held]
    })
    const answers = await Promise.allSettled(asked)
    return answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  }

  const withdraw = [
    bus.handle(auditWitness, async ({ note, old_size, proof }, { caller }) => {
      if (caller.nodeId === null) throw new HearthError('unauthorized', 'a log is somebody’s')
      return witness.cosign({ log: caller.nodeId, note, oldSize: old_size, proof })
    }),

    bus.handle(auditCheckpoint, async () => {
      const { note, size } = await chain.checkpoint()
      const asked = others().map(async (to) => {
        const line = await ask(to, note, size)
        if (line === null) return []
        await chain.addWitness(size, line)
        return [to]
      })
      const answers = await Promise.allSettled(asked)
      const witnesses = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
      const newest = chain.newestCheckpoint()?.note ?? note
      publish(await log.append(auditCheckpointed, { size, note: newest }))
      await chain.append({ event: 'checkpointed', alertId: null, actor: signer.nodeId, payload: { note: newest } })
      notify(auditChanged)
      return { size, witnesses }
    }),

    bus.handle(auditVerify, async ({ by }) => {
      const report = await chain.verify({ by, held: await heldElsewhere() })
      checkedAt = runtime.now()
      notify(auditChanged)
      return report
    }),

    bus.handle(auditState, async () => {
      const newest = chain.newestCheckpoint()
      const opened = newest && (await openCheckpoint(newest.note, signer.nodeId))
      return {
        entries: chain.size(),
        report: chain.report(),
        checked_at: wireTime(checkedAt),
        blocked: chain.blocked(),
        checkpoint:
          newest && opened ? { ...newest, at: wireTime(checkedAt), witnesses: [...(await witnessesOf(opened.note))] } : null,
      }
    }),

    bus.handle(auditRestart, async ({ reason }) => {
      await chain.restart(reason)
      notify(auditChanged)
      return { size: chain.size() }
    }),

    bus.handle(auditExport, async ({ format, since, until, alert_id }) => {
      if (format === 'pdf') throw new HearthError('not_implemented', 'the printed form is not built yet')
      const newest = chain.newestCheckpoint()
      if (!newest) throw new HearthError('bad_request', 'a checkpoint comes before an export')
      const isPart = since !== undefined || until !== undefined || alert_id !== undefined
      const text = exportJsonl({
        owner: signer.nodeId,
        chain: chain.current(),
        size: newest.size,
        madeAt: runtime.now(),
        certificates: certificates.rows().map(({ certificate }) => certificate),
        records: [],
        ...(isPart
          ? {
              only: (entry) =>
                (since === undefined || entry.at >= since) &&
                (until === undefined || entry.at <= until) &&
                (alert_id === undefined || entry.alert_id === alert_id),
            }
          : {}),
      })
      const entries = text.split('\n').filter((line) => line.includes('"kind":"entry"')).length
      return { file_name: 'protokoll.jsonl', media_type: AUDIT_MEDIA_TYPE, content: text, entries }
    }),
  ]
  return { chain, withdraw }
}
