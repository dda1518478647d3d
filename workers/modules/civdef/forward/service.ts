import { alertForwarded } from '#protocol/civdef/events.ts'
import { forwardDeliver, forwardExport, forwardImport, HandOverSchema } from '#protocol/civdef/exchange-capabilities.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { Chain } from '../audit/chain.ts'
import { decide } from '../decide.ts'
import { fromPaper, toPaper } from '../desk/paper.ts'
import { endable, type Knowledge, mayEnd } from '../knowledge.ts'
import type { Regions } from '../regions/adapters.ts'
import type { Certificates } from '../role.ts'
import type { AlertRow } from '../store.ts'
import { startCarrying } from './carry.ts'
import { checkHandOver, type HandOver, handOver } from './hand-over.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'config' | 'log' | 'publish'> &
  Partial<Pick<ModuleDeps, 'federation'>> & {
    readonly knowledge: Knowledge
    readonly alerts: View<AlertRow>
    readonly chain: Chain
    readonly regions: Regions
  }

/** Alerts from one community to the next, over federation and by hand (M31 channels, `federation`). */
export function serveForward(deps: Deps): (() => void)[] {
  const { bus, runtime, signer, config, log, publish, knowledge, alerts, chain, regions, federation } = deps

  /** As if the log had it already: what it brings counts beside what is known here. */
  function decisionOn({ alert, certificates, cancellation }: HandOver) {
    const own = knowledge.certificates()
    const known: Certificates = {
      ...own,
      find: (id) => own.find(id) ?? certificates.find(({ cert_id }) => cert_id === id) ?? null,
    }
    const counts =
      cancellation &&
      mayEnd(
        cancellation.cancelled_by,
        cancellation.canceller_cert,
        endable(alert),
        known,
        regions,
        Date.parse(cancellation.cancelled_at),
      )
    const received = { alert, mirror: null, signed: true, cancellation: counts ? cancellation : null, replacedBy: null }
    return decide(received, known, regions, knowledge.person(), config().civdef, runtime.now())
  }

  /** Whether the log says it already, its end included. */
  function isKnown({ alert, cancellation }: HandOver): boolean {
    const row = alerts.get(alert.alert_id)
    const isHeard = row?.heard.some((one) => one.alert?.signature === alert.signature) ?? false
    return (
      isHeard && (!cancellation || (row?.cancellations.some(({ signature }) => signature === cancellation.signature) ?? false))
    )
  }

  /** @throws HearthError where it may not leave this community */
  function leaving(row: AlertRow): HandOver {
    const { mirror, path } = knowledge.heard(row)
    const { alert, cancellation } = knowledge.received(row)
    if (mirror) throw new HearthError('bad_request', 'a mirrored warning is passed on as the document it came in')
    if (!alert) throw new HearthError('civdef_alert_target_invalid', 'an alert for roles is not handed to another community')
    if (knowledge.decision(row).delivery === 'refuse') {
      throw new HearthError('bad_request', 'what is not believed here is not passed on')
    }
    const find = knowledge.certificates().find
    return handOver({ alert, cancellation, path, from: log.communityId, find })
  }

  /** Keeps what came from elsewhere, where it is believed here. @returns whether it was news */
  async function keep(brought: HandOver, decision: ReturnType<typeof decisionOn>): Promise<boolean> {
    if (isKnown(brought)) return false
    const stop = decision.reasons.at(-1)
    if (decision.delivery === 'refuse') {
      throw new HearthError('civdef_cert_invalid', `not believed here: ${stop?.rule} ${stop?.code}`, {
        data: { rule: stop?.rule ?? '', code: stop?.code ?? '' },
      })
    }
    // the chain first, as with everything that is passed on (CIV-4)
    const { alert, path } = brought
    await chain.append({
      ...{ event: 'forwarded', alertId: alert.alert_id, actor: signer.nodeId, payload: brought, hop: path.length },
    })
    publish(await log.append(alertForwarded, brought))
    return true
  }

  return [
    ...(federation ? startCarrying({ runtime, federation, alerts, leaving }) : []),

    bus.handle(forwardExport, async ({ key }) => {
      const row = alerts.get(key)
      if (!row) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
      const handed = leaving(row)
      const text = await toPaper('forwarded_alert', handed)
      return { file_name: `${handed.alert.alert_id}.hearthnet`, text, hop: handed.path.length }
    }),

    bus.handle(forwardImport, async ({ text, keep: wanted }) => {
      const brought = await fromPaper('forwarded_alert', text, HandOverSchema)
      await checkHandOver(brought, log.communityId)
      const decision = decisionOn(brought)
      const kept = wanted && (await keep(brought, decision))
      return { alert: brought.alert, path: [...brought.path], decision, kept }
    }),

    bus.handle(forwardDeliver, async (brought, { caller }) => {
      if (caller.community === undefined || brought.path.at(-1) !== caller.community) {
        throw new HearthError('unauthorized', 'an alert comes from the community that hands it over')
      }
      await checkHandOver(brought, log.communityId)
      return { kept: await keep(brought, decisionOn(brought)) }
    }),
  ]
}
