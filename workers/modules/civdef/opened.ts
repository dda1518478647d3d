import { type Alert, checkAlert, type SealedAlert } from '#protocol/civdef/alert.ts'
import { alertOpened } from '#protocol/civdef/events.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { View } from '../../kernel/views.ts'
import type { BoxKeyHolder } from './box-key.ts'
import { openSealed } from './seal.ts'
import type { AlertRow } from './store.ts'

/** What this device can read of sealed alerts (CIV-6). Kept in memory: what is stored stays encrypted. */
export interface Opened {
  /** Null where it is for others, or is not what it says. */
  alert(sealed: SealedAlert): Alert | null
}

export interface Opener extends Opened {
  /** Opens what is there and what comes. @returns what ends it */
  watch(alerts: View<AlertRow>): Promise<() => void>
}

export function createOpener({ notify, boxKey }: Pick<ModuleDeps, 'notify'> & { readonly boxKey: BoxKeyHolder }): Opener {
  const looked = new Map<SealedAlert['signature'], Alert | null>()

  async function look(sealed: SealedAlert): Promise<Alert | null> {
    const own = await boxKey.publicKey()
    if (own === null || !sealed.keys.some(({ box_key }) => box_key === own)) return null
    try {
      const alert = await openSealed(sealed, await boxKey.keys())
      // the outside was checked on arrival; the word inside has a signature of its own
      if (alert) await checkAlert(alert)
      return alert
    } catch (error) {
      // whoever sealed it sealed something else: it stays shut
      if (!(error instanceof HearthError)) throw toHearthError(error)
      return null
    }
  }

  async function openAll(rows: readonly AlertRow[]): Promise<string[]> {
    const found: string[] = []
    for (const { key, heard } of rows) {
      for (const { sealed } of heard) {
        if (!sealed || looked.has(sealed.signature)) continue
        const alert = await look(sealed)
        looked.set(sealed.signature, alert)
        if (alert) found.push(key)
      }
    }
    return found
  }

  return {
    alert: ({ signature }) => looked.get(signature) ?? null,
    async watch(alerts) {
      const heard = (keys: readonly string[]): void => {
        const rows = keys.flatMap((key) => alerts.get(key) ?? [])
        if (!rows.some((row) => row.heard.some(({ sealed }) => sealed && !looked.has(sealed.signature)))) return
        openAll(rows)
          .then((opened) => {
            if (opened.length === 0) return
            // to everything that follows alerts it is now as if they came
            alerts.changed.emit(opened)
            notify(alertOpened)
          })
          .catch(reportError)
      }
      const stop = alerts.changed.on(heard)
      await openAll(alerts.rows())
      return stop
    },
  }
}
