import type { Static } from '@sinclair/typebox'
import { type AlertContent, checkContent } from '#protocol/civdef/alert.ts'
import { alertPreview } from '#protocol/civdef/desk-capabilities.ts'
import { secondsTime, severityRank } from '#protocol/civdef/terms.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { signatureOf } from '#protocol/core/ids.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { decide } from '../decide.ts'
import { contentFrom, type Draft, type DraftDeps, requireBelieved, requireSpeaker, signAlert } from '../draft.ts'

type Preview = Static<(typeof alertPreview)['output']>

/** Nobody signed it: it is looked at and thrown away. */
const NO_SIGNATURE = signatureOf(new Uint8Array(64))

/** Runs one check. @returns what publishing would refuse with, if it would */
async function problemOf(check: () => unknown): Promise<Preview['problems']> {
  try {
    await check()
    return []
  } catch (error) {
    if (!(error instanceof HearthError)) throw error
    const { data } = error
    const field = typeof data === 'object' && data !== null && 'field' in data ? data.field : ''
    return [{ code: error.code, field: typeof field === 'string' ? field : '', message: error.message }]
  }
}

/**
 * Whether a draft would go out, and what comes of it: by the checks that publishing makes and the decision that a receiver makes.
 * That a co-signature is missing is no problem of the draft's; it is said beside.
 */
async function preview(draft: Draft, deps: DraftDeps): Promise<Preview> {
  const { runtime, config, knowledge, regions } = deps
  const found = knowledge.certificates().find(draft.publisher_cert)
  const settings = config().civdef
  const needed = settings.cosign_from !== 'never' && severityRank(draft.severity) >= severityRank(settings.cosign_from)
  // without a certificate it is judged as this device's own word: refused, and the receiver's reasons say why
  const content: AlertContent = found
    ? contentFrom(draft, draft.alert_id ?? runtime.ulid(), { certificate: found })
    : { ...draft, alert_id: draft.alert_id ?? runtime.ulid(), publisher: deps.signer.nodeId, publisher_role: 'DE' }

  const problems = [...(await problemOf(() => checkContent(content))), ...(await problemOf(() => requireSpeaker(draft, deps)))]
  // signed here and shown to nobody: the same bytes go through the same checks
  if (problems.length === 0) {
    problems.push(...(await problemOf(async () => requireBelieved(await signAlert(content, undefined, deps), deps, 'never'))))
  }

  const inside = regions.municipalities(draft.target.region)
  const resident = { place: inside[0]?.region ?? draft.target.region, alsoRegions: [], position: null, roles: [] }
  const unsent = { ...content, published_at: secondsTime(runtime.now()), signature: NO_SIGNATURE }
  return {
    problems,
    needs_cosignature: needed,
    resident: decide(
      { alert: unsent, mirror: null, signed: true, cancellation: null, replacedBy: null },
      knowledge.certificates(),
      regions,
      resident,
      // as it comes to somebody who changed no setting, with the co-signature that it will have
      { ...DEFAULT_CONFIG.civdef, cosign_from: 'never' },
      runtime.now(),
    ),
    municipalities: inside.length,
    inhabitants: inside.reduce((sum, { inhabitants }) => sum + inhabitants, 0),
  }
}

export const servePreview = (deps: DraftDeps & Pick<ModuleDeps, 'bus'>): (() => void)[] => [
  deps.bus.handle(alertPreview, ({ draft }) => preview(draft, deps)),
]
