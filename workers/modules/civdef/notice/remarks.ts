import { alertDroppedRevoked, alertForeignRole } from '#protocol/civdef/events.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { Knowledge } from '../knowledge.ts'
import type { AlertRow, CertificateRow } from '../store.ts'

type Deps = Pick<ModuleDeps, 'notify'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
  readonly certificates: View<CertificateRow>
}

/** Says once of each alert that it was refused for a revocation (CIV-2), or that its role is of a scheme unknown here (CIV-7). */
export function startRemarks({ notify, knowledge, alerts, certificates }: Deps): () => void {
  const said = new Set<string>()

  function say(type: EventDefinition, key: string): void {
    const word = `${type.type} ${key}`
    if (said.has(word)) return
    said.add(word)
    notify(type)
  }

  function look(keys: readonly string[]): void {
    for (const key of keys) {
      const row = alerts.get(key)
      if (!row) continue
      const { marks, reasons } = knowledge.decision(row)
      if (reasons.some(({ rule, verdict }) => rule === 'revocation' && verdict === 'stop')) say(alertDroppedRevoked, key)
      if (marks.includes('foreign_role')) say(alertForeignRole, key)
    }
  }

  const everything = (): void => look(alerts.rows().map(({ key }) => key))
  everything()
  const stops = [alerts.changed.on(look), certificates.changed.on(everything)]
  return () => {
    for (const stop of stops) stop()
  }
}
