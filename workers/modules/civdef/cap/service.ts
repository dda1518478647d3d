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

/** Alerts as files for other tools, and official warnings as mirrors: from a hand, or from the one feed that is configured. */
export function serveCap(deps: Deps): (() => void)[] {
  const { bus, knowledge, alerts, regions } = deps
  return [
    ...serveFeed({ ...deps, fetch: (input, init) => globalThis.fetch(input, init) }),
    bus.handle(capExport, async ({ key }) => {
      const row = alerts.get(key)
      if (!row) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
      const { alert, cancellation } = knowledge.record(row)
      if (!alert) throw new HearthError('bad_request', 'a mirrored warning is passed on as the document it came in')
      const replacedRow = alert.replaces ? alerts.get(alert.replaces) : null
      const replaced = replacedRow ? knowledge.heard(replacedRow).alert : null
      const context: CapContext = {
        regions,
        senderName: knowledge.certificates().find(alert.publisher_cert)?.title ?? alert.publisher_role,
        replaced: replaced ? { sender: replaced.publisher, sentAt: replaced.published_at } : null,
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
