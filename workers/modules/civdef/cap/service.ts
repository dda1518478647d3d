import type { Alert } from '#protocol/civdef/alert.ts'
import { capExport, capImport } from '#protocol/civdef/exchange-capabilities.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { Chain } from '../audit/chain.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Regions } from '../regions/adapters.ts'
import type { AlertRow } from '../store.ts'
import { type CapContext, capOf, capOfCancellation } from './exchange.ts'
import { serveFeed } from './feed.ts'
import { keepMirrors } from './keep.ts'
import { mirrorOf } from './mirror.ts'
import { readNina } from './nina.ts'
import { readCap } from './read.ts'
import { writeCap } from './write.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'config' | 'notify' | 'signer' | 'log' | 'publish'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
  readonly chain: Chain
  readonly regions: Regions
}

/** Earlier versions that a document names: as many as a mirror keeps. */
const MAX_REFERENCES = 32

/** Alerts as files for other tools, and official warnings as mirrors: from a hand, or from the one feed that is configured. */
export function serveCap(deps: Deps): (() => void)[] {
  const { bus, knowledge, alerts, regions } = deps
  /** Whose place an alert took, and whose that one took, nearest first, as far as they are known here. */
  function replacedBy(alert: Alert): readonly Alert[] {
    const chain: Alert[] = []
    const seen = new Set([alert.alert_id])
    for (let id = alert.replaces; id && !seen.has(id) && chain.length < MAX_REFERENCES; id = chain.at(-1)?.replaces) {
      seen.add(id)
      const row = alerts.get(id)
      const found = row && knowledge.heard(row).alert
      if (!found) break
      chain.push(found)
    }
    return chain
  }

  return [
    ...serveFeed({ ...deps, fetch: (input, init) => globalThis.fetch(input, init) }),
    bus.handle(capExport, async ({ key }) => {
      const row = alerts.get(key)
      if (!row) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
      const { alert, cancellation } = knowledge.record(row)
      if (!alert) throw new HearthError('bad_request', 'a mirrored warning is passed on as the document it came in')
      const context: CapContext = {
        regions,
        senderName: knowledge.certificates().find(alert.publisher_cert)?.title ?? alert.publisher_role,
        replaced: replacedBy(alert),
      }
      const document = cancellation ? capOfCancellation(cancellation, alert, context) : capOf(alert, context)
      return { file_name: `${document.identifier}.xml`, text: writeCap(document) }
    }),

    bus.handle(capImport, async ({ format, text, keep }) => {
      const mirrors = format === 'nina' ? readNina(text, regions) : [mirrorOf(readCap(text), format, text, regions)]
      const kept = keep ? await keepMirrors(mirrors, deps) : 0
      return { mirrors, kept }
    }),
  ]
}
