import { matches } from '#protocol/core/schema.ts'
import { type AlertForm, FormSchema } from './form.ts'

const KEY = 'hearthnet.desk.form'

/** What this tab had on the form when it was left or reloaded; null where nothing, or nothing readable, was kept. */
export function keptForm(): AlertForm | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    return matches(FormSchema, kept) ? kept : null
  } catch {
    return null // refused storage, or an older version's form
  }
}

export function keepForm(form: AlertForm | null): void {
  try {
    if (form) sessionStorage.setItem(KEY, JSON.stringify(form))
    else sessionStorage.removeItem(KEY)
  } catch {
    // the draft at the node still has it
  }
}
