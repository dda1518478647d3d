import { Stack, Table, Text, Title } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Layers, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { shardList } from '#protocol/distributed-inference/shard-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { Empty } from '../../../kit/empty.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useQuery } from '../../../port/hooks.ts'
import { shownLayers } from '../shared/layers.ts'
import lists from '../shared/lists.module.css'
import { useModelName } from '../shared/model-name.tsx'
import { useLayers } from '../shared/use-layers.ts'
import { useNames } from '../shared/use-names.ts'
import classes from './computers.module.css'
import { type Held, type Holder, heldModels } from './holders.ts'
import { messages } from './messages.ts'

interface RunProps {
  readonly layers: Layers
  /** Of the whole model. */
  readonly count: number
  readonly kind: 'held' | 'gap' | 'fault'
  readonly mine: boolean
}

/** Layers as a part of the bar, with their numbers on it. */
function Run({ layers, count, kind, mine }: RunProps) {
  const [first, last] = shownLayers(layers)
  const left = `${(100 * layers.from) / count}%`
  const width = `${(100 * (last - first + 1)) / count}%`
  return (
    <span className={classes.run} data-kind={kind} data-mine={mine} style={{ left, width }}>
      <span className={classes.numbers} data-range={first !== last}>
        {first === last ? first : `${first}–${last}`}
      </span>
    </span>
  )
}

/** Bars of all devices over the layers of a model; the table below says the same. */
function Picture({ held: { layers: count, holders, missing } }: { readonly held: Held }) {
  const text = useText(messages).layers
  const names = useNames()
  return (
    <div className={classes.picture} aria-hidden>
      {holders.map(({ node_id, shards, faults }) => (
        <div key={node_id ?? 'me'} className={classes.row}>
          <span className={classes.name}>
            <BidiText>{names.label(node_id)}</BidiText>
            {faults > 0 ? <StatusDot status="bad">{text.faults}</StatusDot> : null}
          </span>
          <span className={classes.track}>
            {shards.map(({ shard_id, layers }) => (
              <Run key={shard_id} layers={layers} count={count} kind={faults > 0 ? 'fault' : 'held'} mine={node_id === null} />
            ))}
          </span>
        </div>
      ))}
      {missing.length === 0 ? null : (
        <div className={classes.row}>
          <span className={classes.name}>{text.gap}</span>
          <span className={classes.track}>
            {missing.map((layers) => (
              <Run key={layers.from} layers={layers} count={count} kind="gap" mine={false} />
            ))}
          </span>
        </div>
      )}
    </div>
  )
}

interface ShardRowProps {
  readonly holder: Holder
  readonly shard: ShardDescriptor
  readonly now: number
}

function ShardRow({ holder: { node_id, heard_at, faults }, shard, now }: ShardRowProps) {
  const text = useText(messages)
  const format = useFormat()
  const names = useNames()
  const layers = useLayers()
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <BidiText>{names.label(node_id)}</BidiText>
        {faults > 0 ? <StatusDot status="bad">{text.layers.faults}</StatusDot> : null}
      </Table.Th>
      <Table.Td>{layers(shard.layers, shard.model_layers)}</Table.Td>
      <Table.Td>
        {shard.ms_per_token === null ? text.layers.unmeasured : `${format.number(Math.round(shard.ms_per_token))}\u00a0ms`}
      </Table.Td>
      <Table.Td>{text.layers.room(format.number(shard.streams), format.number(shard.max_concurrent_streams))}</Table.Td>
      <Table.Td>{text.backends[shard.backend]}</Table.Td>
      <Table.Td>{heard_at === null ? text.layers.now : format.relative(heard_at, now)}</Table.Td>
    </Table.Tr>
  )
}

const COLUMNS = ['device', 'layers', 'speed', 'room', 'on', 'heard'] as const

function ShardTable({ held }: { readonly held: Held }) {
  const text = useText(messages).layers
  const now = useNow()
  return (
    <details>
      <summary className={lists.summary}>{text.table}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={text.table}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((column) => (
                <Table.Th key={column} scope="col">
                  {text.columns[column]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {held.holders.flatMap((holder) =>
              holder.shards.map((shard) => (
                <ShardRow key={`${holder.node_id} ${shard.shard_id}`} holder={holder} shard={shard} now={now} />
              )),
            )}
          </Table.Tbody>
        </Table>
      </section>
    </details>
  )
}

function HeldModel({ held }: { readonly held: Held }) {
  const text = useText(messages).layers
  const modelName = useModelName()
  const layers = useLayers()
  return (
    <Stack gap="sm">
      <Title order={3} size="h4">
        {modelName(held.model)}
        {held.twice ? ` (${text.other} ${held.weights_sha256.slice(7, 13)})` : null}
      </Title>
      <Picture held={held} />
      <Stack gap={2}>
        <Text size="sm" c="dimmed">
          {text.devices(held.holders.length)}
        </Text>
        {held.missing.length === 0 ? (
          <StatusDot status="good">{text.complete}</StatusDot>
        ) : (
          <StatusDot status="bad">{text.missing(held.missing.map((run) => layers(run)).join(', '))}</StatusDot>
        )}
      </Stack>
      <ShardTable held={held} />
    </Stack>
  )
}

function HeldModels({ models }: { readonly models: readonly Held[] }) {
  const text = useText(messages).layers
  if (models.length === 0) return <Empty icon={IconStack2}>{text.nobody}</Empty>
  return (
    <Stack gap="xl">
      {models.map((held) => (
        <HeldModel key={held.weights_sha256} held={held} />
      ))}
    </Stack>
  )
}

/** Who in reach offers which layers of which model, this device first. */
export function LayersSection() {
  const text = useText(messages).layers
  const own = useQuery(shardList, {})
  const others = useQuery(shardDirectory, {})
  return (
    <Section title={text.title}>
      <QueryView query={own} rows={4}>
        {({ shards }) => (
          <QueryView query={others} rows={4}>
            {({ nodes }) => <HeldModels models={heldModels(shards, nodes)} />}
          </QueryView>
        )}
      </QueryView>
    </Section>
  )
}
