import type { EventDefinition } from '#protocol/core/module.ts'
import { createSignal, type Signal } from './signal.ts'

/** Tells whoever watches which event types came, in the log or on the device. */
export interface Notifier {
  readonly heard: Signal<readonly string[]>
  device(...events: readonly EventDefinition[]): void
  log(types: readonly string[]): void
}

export function createNotifier(): Notifier {
  const heard = createSignal<readonly string[]>()
  return {
    heard,
    device: (...events) => heard.emit(events.map(({ type }) => type)),
    log: (types) => heard.emit(types),
  }
}
