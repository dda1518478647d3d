import type { Failover } from '#protocol/distributed-inference/schemas.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'
import { useNames } from './use-names.ts'

/** A pause that nobody notices needs no words, ms. */
const NOTICED_MS = 400

/** What happened when a device went, said calmly: who is gone, who goes on, how long it took. @param over nobody looks for another one any more */
export function useFailoverWords(): (failover: Failover, over: boolean) => string {
  const text = useText(messages).failover
  const format = useFormat()
  const names = useNames()
  return ({ reason, from, taken_over, to, stall_ms }, over) => {
    const gone = text[reason](names.sentence(from))
    if (!taken_over) return `${gone} ${over ? text.nobody : text.looking}`
    const pause = stall_ms !== null && stall_ms >= NOTICED_MS ? ` ${text.stall(format.number(stall_ms / 1000))}` : ''
    return `${gone} ${text.goesOn(names.sentence(to))}${pause}`
  }
}
