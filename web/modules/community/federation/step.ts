import { useState } from 'react'
import { matches, OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { FEDERATION_STAGES, type FederationStage } from '#protocol/protocol/federation-paper.ts'

/** How far two anchors have come with each other. */
export type Step =
  | { readonly at: 'rest'; readonly kept: boolean }
  | { readonly at: 'terms' }
  | { readonly at: 'read' }
  | { readonly at: 'show'; readonly text: string; readonly stage: FederationStage }

const ShownSchema = Strict({ at: Type.Literal('show'), text: Type.String(), stage: OneOf(FEDERATION_STAGES) })
const REST: Step = { at: 'rest', kept: false }

const keyOf = (community: string): string => `hearthnet.federation.${community}`

/** The code that this tab showed last, or the beginning. */
export function remembered(community: string): Step {
  try {
    const shown: unknown = JSON.parse(sessionStorage.getItem(keyOf(community)) ?? 'null')
    return matches(ShownSchema, shown) ? shown : REST
  } catch {
    return REST
  }
}

/** Keeps a code that is shown; forgets it when somebody is done. */
export function remember(community: string, step: Step): void {
  try {
    if (step.at === 'show') sessionStorage.setItem(keyOf(community), JSON.stringify(step))
    else if (step.at === 'rest') sessionStorage.removeItem(keyOf(community))
  } catch {
    // refused storage only costs the way back to a code after another page
  }
}

/** The step, kept for this tab while a code is shown: who looks at another page, or reloads, finds the code again (FDR-1). */
export function useStep(community: string): readonly [Step, (step: Step) => void] {
  const [step, set] = useState(() => remembered(community))
  const go = (next: Step): void => {
    remember(community, next)
    set(next)
  }
  return [step, go]
}
