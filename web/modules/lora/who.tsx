import { displayNodeId } from '#protocol/core/ids.ts'
import type { Flags, PeerRecord, Proof } from '#protocol/lora/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useText } from '../../kit/i18n.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { CERTAINTY_SHAPES, type Certainty } from './certainty.ts'
import { messages } from './messages.ts'

/** Eight digits in two groups, as people read them out. */
export const callSign = (senderHash: string): string => `${senderHash.slice(0, 4)}\u00a0${senderHash.slice(4)}`.toUpperCase()

type Named = Pick<PeerRecord, 'sender_hash' | 'display_name' | 'node_id'>

/** What is compared by eye stays on one line. */
const UNBROKEN_HYPHEN = '\u2011'

/** As the member list calls it; a device that is in no list by its short id. Null where nobody knows whose call sign it is. */
export function useName(): (sender: Named) => string | null {
  const text = useText(messages).who
  return ({ display_name, node_id }) => {
    if (display_name !== null && display_name !== '') return visibleText(display_name)
    return node_id === null ? null : text.device(displayNodeId(node_id).replaceAll('-', UNBROKEN_HYPHEN))
  }
}

/** A name only where it is known whose it is; else words that say how it was come by. */
export function useWho(): (sender: Named, certainty: Certainty) => string {
  const text = useText(messages).who
  const nameOf = useName()
  return (sender, certainty) => {
    const name = nameOf(sender)
    if (certainty === 'unknown' || certainty === 'conflict' || name === null) {
      return `${text.unknown}, ${text.callSign(callSign(sender.sender_hash))}`
    }
    if (certainty === 'sure' || certainty === 'checking' || certainty === 'blocked') return name
    return certainty === 'likely' ? text.maybe(name) : text.alleged(name)
  }
}

export function Who({ sender, certainty }: { readonly sender: Named; readonly certainty: Certainty }) {
  return <BidiText>{useWho()(sender, certainty)}</BidiText>
}

/** How sure it is who sends, as shape and words. */
export function CertaintyMark({ certainty }: { readonly certainty: Certainty }) {
  return <StatusDot status={CERTAINTY_SHAPES[certainty]}>{useText(messages).certainty[certainty]}</StatusDot>
}

const FLAGS = ['panic', 'ok', 'gateway', 'low_battery'] as const satisfies readonly (keyof Flags)[]

/** What a message says of its sender; what is not proven is only said. */
export function useSaid(): (message: { readonly flags: Flags; readonly proof: Proof }) => string {
  const text = useText(messages).said
  return ({ flags, proof }) => {
    const words = FLAGS.filter((flag) => flags[flag]).map((flag) => text[flag])
    if (words.length === 0) return ''
    return proof === 'proven' ? words.join(', ') : text.claims(words.join(', '))
  }
}
