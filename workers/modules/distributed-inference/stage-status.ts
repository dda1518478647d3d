import type { Plan, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import type { ModelFacts } from '../../compute/port.ts'

const UNMEASURED = { last_ms: null, mean_ms: null, tokens: 0, sent_bytes: 0, received_bytes: 0 } as const

/** Who will compute what, before any of them has begun. */
export const plannedStages = ({ stages }: Plan): readonly StageStatus[] =>
  stages.map(({ node_id, shard_id, layers, backend }) => ({
    ...{ node_id, shard_id, layers, backend, handed: false, late: [] },
    ...UNMEASURED,
  }))

/** With what each of them computes, as far as they were planned with: who came later did not say. */
export const withBackends = (stages: readonly StageStatus[], plan: Plan): readonly StageStatus[] =>
  stages.map((stage) => {
    const planned = plan.stages.find(({ node_id, shard_id }) => node_id === stage.node_id && shard_id === stage.shard_id)
    return planned ? { ...stage, backend: planned.backend } : stage
  })

/** This device with the whole model. @param meanMs of a token */
export const wholeStage = (
  { id, layers }: Pick<ModelFacts, 'id' | 'layers'>,
  {
    tokens,
    meanMs,
    backend,
  }: { readonly tokens: number; readonly meanMs: number | null; readonly backend: BackendKind | null },
): StageStatus => ({
  ...{ node_id: null, shard_id: `${id}:0-${layers - 1}`, layers: { from: 0, to: layers - 1 }, handed: false, late: [] },
  ...UNMEASURED,
  ...{ last_ms: meanMs, mean_ms: meanMs, tokens },
  ...(backend && { backend }),
})
