import { HearthError } from '#protocol/core/errors.ts'
import type { Layers, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { First } from './failover.ts'
import { createLedger } from './ledger.ts'
import { createPlace, type Place, type PlaceDeps } from './place.ts'
import type { Runner } from './runner.ts'

/** A place of a pipeline and who computes there at first. */
export interface Filled extends First {
  readonly layers: Layers
  readonly handed: boolean
}

export interface Chain {
  /** Tokens whose hidden states went in so far. */
  readonly tokens: number
  /** Takes the next tokens through all places. @throws HearthError `bad_request` for a step that does not follow, and why it never will */
  forward(position: number, hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
  /** Resolves when no check is under way. */
  checked(): Promise<void>
  status(): readonly StageStatus[]
  close(reason: HearthError): void
}

/** Places one after the other, with a ledger at each boundary between them: what one gives is what the next one is given. */
export function createChain(deps: PlaceDeps, width: number, filled: readonly Filled[]): Chain {
  const input = createLedger(width)
  let output = input
  const places: Place[] = []
  for (const [index, { layers, ...first }] of filled.entries()) {
    const from = output
    output = createLedger(width)
    const spot = { layers, input: from, output, onNotHanded: (to: number) => places[index + 1]?.give(to) }
    places.push(createPlace(deps, spot, { ...first, handsOn: filled[index + 1]?.runner.handed !== undefined }))
  }
  const last = output
  return {
    get tokens() {
      return input.tokens
    },
    async forward(position, hidden) {
      const tokens = hidden.length / width
      if (position !== input.tokens) throw new HearthError('bad_request', 'a step that does not follow')
      input.put(position, hidden)
      for (const place of places) await place.forward(position + tokens)
      return last.read(position, tokens)
    },
    async checked() {
      await Promise.all(places.map((place) => place.checked()))
    },
    status: () => places.flatMap((place) => place.status()),
    close(reason) {
      for (const place of places) place.close(reason)
    },
  }
}

/** Several that compute, one after the other, what one computed before. */
export function joined(deps: PlaceDeps, width: number, model: string, layers: Layers, parts: readonly Filled[]): Runner {
  let finish = (): void => undefined
  const ended = new Promise<void>((resolve) => (finish = resolve))
  const inner = createChain({ ...deps, onEnd: finish }, width, parts)
  let position = 0
  return {
    nodeId: parts[0]?.runner.nodeId ?? null,
    shardId: `${model}:${layers.from}-${layers.to}`,
    layers,
    forward(hidden) {
      const at = position
      position += hidden.length / width
      return inner.forward(at, hidden)
    },
    ended,
    close() {
      inner.close(new HearthError('pipeline_cancelled', 'not needed any more'))
      finish()
    },
    stages: () => inner.status(),
  }
}
