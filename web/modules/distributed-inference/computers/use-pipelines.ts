import { useEffect, useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { pipelineStatus } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { type QueryState, useCall, useQuery } from '../../../port/hooks.ts'

export type PipelineStatus = Output<typeof pipelineStatus>
export type Pipeline = PipelineStatus['pipelines'][number]

/** Times of hops change with every word and are no events: they are looked at this often while an answer runs, ms. */
const LOOK_MS = 1000

export const isRunning = ({ state }: Pipeline): boolean => state === 'reading' || state === 'answering'

/** Pipelines of this device, the newest first, with numbers that move while one runs. */
export function usePipelines(): QueryState<PipelineStatus> {
  const query = useQuery(pipelineStatus, {})
  const { run } = useCall(pipelineStatus)
  const [look, setLook] = useState<{ readonly since: PipelineStatus; readonly seen: PipelineStatus } | null>(null)
  const told = query.status === 'ready' ? query.data : null
  const now = told !== null && look?.since === told ? look.seen : told
  const running = now?.pipelines.some(isRunning) ?? false
  useEffect(() => {
    if (!running || told === null) return
    const timer = setInterval(async () => {
      const seen = await run({})
      if (seen) setLook({ since: told, seen })
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [running, told, run])
  if (query.status !== 'ready' || now === null) return query
  const pipelines = now.pipelines.toSorted((a, b) => b.started_at.localeCompare(a.started_at))
  return { ...query, data: { ...now, pipelines } }
}
