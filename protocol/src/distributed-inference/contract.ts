import { defineModuleContract } from '../core/module.ts'

export const contract = defineModuleContract({
  id: 'distributed-inference',
  number: 'M26',
  stability: 'experimental',
  config: 'distributed_llm',
  events: [],
  planned: {
    capabilities: [
      'experimental.distributed_llm.shard.connect',
      'experimental.distributed_llm.shard.forward',
      'experimental.distributed_llm.pipeline.plan',
      'experimental.distributed_llm.pipeline.run',
      'experimental.distributed_llm.pipeline.status',
    ],
    events: [
      'distributed_llm.shard.advertised',
      'distributed_llm.shard.withdrawn',
      'distributed_llm.pipeline.planned',
      'distributed_llm.pipeline.started',
      'distributed_llm.pipeline.shard_failed',
      'distributed_llm.pipeline.failover',
      'distributed_llm.pipeline.completed',
      'distributed_llm.pipeline.cancelled',
    ],
  },
})
