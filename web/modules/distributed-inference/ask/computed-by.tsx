import { Stack, Text } from '@mantine/core'
import { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { useFailoverWords } from '../shared/failover-words.ts'
import { LateList } from '../shared/late-list.tsx'
import { StageList } from '../shared/stage-list.tsx'
import { useNames } from '../shared/use-names.ts'
import classes from './ask.module.css'
import type { Note, Turn } from './conversation.ts'
import { messages } from './messages.ts'
import { slownessOf } from './slowness.ts'

function useNoteWords(): (note: Note, over: boolean) => string {
  const text = useText(messages).answer
  const failoverWords = useFailoverWords()
  return (note, over) => {
    if (note.kind === 'failover') return failoverWords(note.failover, over)
    if (note.kind === 'taken_back') return text.takenBack
    return note.fallsBack ? text.fallback : text.aborted
  }
}

/** What happened on the way to an answer, told calmly as it happens (DLM-4). */
export function Notes({ notes, over }: Pick<Turn, 'notes'> & { readonly over: boolean }) {
  const text = useText(messages).answer
  const words = useNoteWords()
  if (notes.length === 0) return null
  return (
    <ul className={classes.notes} aria-label={text.notes} aria-live="polite">
      {notes.map((note, at) => (
        // notes are added and told more exactly, never moved
        // biome-ignore lint/suspicious/noArrayIndexKey: as said
        <li key={at} className={classes.note}>
          {words(note, over || at < notes.length - 1)}
        </li>
      ))}
    </ul>
  )
}

/** What a word waits for most, in words. */
function Slowness({ stages }: Pick<Turn, 'stages'>) {
  const text = useText(messages).slow
  const format = useFormat()
  const names = useNames()
  const directory = useQuery(shardDirectory, {})
  const nodes = directory.status === 'ready' ? directory.data.nodes : []
  const slowness = slownessOf(stages, (id) => nodes.find(({ node_id }) => node_id === id) ?? null)
  if (!slowness) return null
  const { node_id, ms, cause, onProcessor } = slowness
  const number = format.number(ms)
  if (stages.length === 1) return <Text size="sm">{text.alone(names.sentence(node_id), number)}</Text>
  if (cause === 'way') return <Text size="sm">{text.way(names.within(node_id), number)}</Text>
  const computing = text.computing(names.sentence(node_id), number)
  return <Text size="sm">{onProcessor ? `${computing} ${text.processorThere}` : computing}</Text>
}

/** Who computes an answer, how fast, and what slows it down. */
export function ComputedBy({ turn: { state, topology, stages, ending } }: { readonly turn: Turn }) {
  const text = useText(messages)
  const format = useFormat()
  const alone = stages.every(({ node_id }) => node_id === null)
  const over = ending !== null || state === 'stopped' || state === 'failed'
  const onProcessor = (ending?.backend ?? stages[0]?.backend) === 'wasm'
  if (topology === null && ending === null) return null
  return (
    <Stack gap={4}>
      {alone ? (
        <Text size="sm" c="dimmed">
          {over ? text.answer.computedAlone : text.who.alone}
          {onProcessor ? ` ${over ? text.slow.wasOnProcessor : text.slow.onProcessor}` : null}
        </Text>
      ) : (
        <div>
          <Text size="sm" fw={600} aria-hidden>
            {over ? text.answer.computed : text.answer.computing}
          </Text>
          <StageList label={over ? text.answer.computed : text.answer.computing} stages={stages} />
        </div>
      )}
      <Slowness stages={stages} />
      <LateList stages={stages} />
      {ending === null || ending.tokens === 0 ? null : (
        <Text size="sm" c="dimmed">
          {text.answer.speed(format.number(ending.tokens), format.number(ending.tokens_per_second))}
        </Text>
      )}
    </Stack>
  )
}
