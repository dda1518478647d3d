import { HearthError, isErrorCode } from '#protocol/core/errors.ts'
import { modelImport, modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import type { NodeClient } from '../../../port/client.ts'

/** Pause between two looks at how far a model has come, ms. */
const LOOK_MS = 300

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, LOOK_MS)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

/**
 * Brings a model here that the app or its box has, and waits until it can be asked; nothing for one that is here.
 * @throws HearthError with the code of what stopped it
 */
export async function modelHere(client: NodeClient, model: string, signal: AbortSignal): Promise<void> {
  let begun = false
  for (;;) {
    const { models } = await client.call(modelList, {}, { signal })
    const found = models.find((known) => known.model === model)
    if (!found) return
    const { state, source, problem } = found
    if (state === 'failed' && begun) {
      throw new HearthError(isErrorCode(problem) ? problem : 'internal_error', `the model did not come: ${problem}`)
    }
    if (state !== 'loading' && state !== 'checking') {
      const canCome = (state === 'offered' || state === 'failed') && (source === 'app' || source === 'box')
      if (begun ? state !== 'offered' : !canCome) return
      if (!begun) await client.call(modelImport, { model, from: source === 'box' ? 'box' : 'app' }, { signal })
    }
    begun = true
    await pause(signal)
  }
}
