import { useText } from '../../kit/i18n.tsx'
import { ModuleOff } from '../../shell/module-off.tsx'
import { messages } from './messages.ts'

/** What claims are for, and the button that turns them on. */
export function EvidenceOff({ onTurnedOn }: { readonly onTurnedOn: () => void }) {
  return <ModuleOff module="evidence" what={useText(messages).off.what} onTurnedOn={onTurnedOn} />
}
