import { defineEvent } from '../core/module.ts'
import { Strict } from '../core/schema.ts'

// All of them stay on this device: who asks what of whom, and who computes for whom, is nobody else's business. What
// happened is asked for (`shard.list`, `pipeline.status`); these say when to ask.
const onDevice = (type: string) => defineEvent(type, Strict({}), { scope: 'device' })

/** This device's shards, or another one's, came, changed or were renewed with other numbers (DLM-1). */
export const shardAdvertised = onDevice('distributed_llm.shard.advertised')
/** Shards went: withdrawn, or not renewed for four heartbeats (DLM-1). */
export const shardWithdrawn = onDevice('distributed_llm.shard.withdrawn')
export const pipelinePlanned = onDevice('distributed_llm.pipeline.planned')
export const pipelineStarted = onDevice('distributed_llm.pipeline.started')
/** A shard was lost, stalled, or gave what it cannot have computed (DLM-4, DLM-6). */
export const pipelineShardFailed = onDevice('distributed_llm.pipeline.shard_failed')
/** Another one took its place (DLM-4). */
export const pipelineFailover = onDevice('distributed_llm.pipeline.failover')
export const pipelineCompleted = onDevice('distributed_llm.pipeline.completed')
/** An answer ended before it was complete: nobody wanted it any more, or nobody could go on. */
export const pipelineCancelled = onDevice('distributed_llm.pipeline.cancelled')
/** A model came, went, or more of it is here (DLM-7). */
export const modelChanged = onDevice('distributed_llm.model.changed')
