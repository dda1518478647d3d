import { Button, Input, Stack, Switch, Text, Title } from '@mantine/core'
import { type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { isErrorCode } from '#protocol/core/errors.ts'
import type { ModelState, modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { shardWithdraw, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { ErrorWords } from '../../../kit/error-words.tsx'
import { useFocusKept } from '../../../kit/focus.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { type Status, StatusDot } from '../../../kit/status-dot.tsx'
import { type QueryState, useCall, useQuery } from '../../../port/hooks.ts'
import lists from '../shared/lists.module.css'
import { useModelName } from '../shared/model-name.tsx'
import { useLayers } from '../shared/use-layers.ts'
import classes from './computers.module.css'
import { messages } from './messages.ts'
import { OfferForm } from './offer-form.tsx'

type Sharing = Output<typeof sharingGet>
type Offer = Sharing['offers'][number]

/** Steps of the slider. */
const STEPS = 100

interface MemoryProps {
  readonly sharing: Sharing
  /** @returns undefined where it could not be set */
  readonly onChange: (bytes: number) => Promise<unknown>
}

/** How much memory is set aside; said while it is dragged, set when it is let go. */
function Memory({ sharing: { memory_bytes, memory_limits, used_bytes }, onChange }: MemoryProps) {
  const text = useText(messages).sharing
  const format = useFormat()
  const id = useId()
  const [wanted, want] = useState<number | null>(null)
  const asked = useRef<number | null>(null)
  const { least_bytes, most_bytes } = memory_limits
  const span = Math.max(1, most_bytes - least_bytes)
  const settled = Math.round((STEPS * (memory_bytes - least_bytes)) / span)
  const bytes = wanted === null ? memory_bytes : Math.round(least_bytes + (span * wanted) / STEPS)
  const forget = (): void => {
    asked.current = null
    want(null)
  }
  const letGo = async (): Promise<void> => {
    if (wanted === null || wanted === asked.current) return
    if (asked.current === null && wanted === settled) return forget()
    asked.current = wanted
    if ((await onChange(bytes)) === undefined && asked.current === wanted) forget()
  }
  // until the node says so it is what was wanted: the next press of a key goes on from there
  useEffect(() => {
    if (asked.current !== settled || wanted !== settled) return
    asked.current = null
    want(null)
  }, [wanted, settled])
  return (
    <Input.Wrapper label={text.memory} labelProps={{ htmlFor: id }}>
      <input
        id={id}
        type="range"
        className={classes.range}
        min={0}
        max={STEPS}
        value={wanted ?? settled}
        aria-valuetext={format.bytes(bytes)}
        onChange={(event) => want(event.currentTarget.valueAsNumber)}
        onPointerUp={letGo}
        onKeyUp={letGo}
        onBlur={letGo}
      />
      <Text size="sm">{text.used(format.bytes(used_bytes), format.bytes(bytes))}</Text>
    </Input.Wrapper>
  )
}

const DOTS: Record<Offer['state'], Status> = { loading: 'busy', ready: 'good', paused: 'idle', failed: 'bad' }

interface OfferItemProps {
  readonly offer: Offer
  /** What has the focus when this item is gone. */
  readonly list: RefObject<HTMLElement | null>
}

function OfferItem({ offer, list }: OfferItemProps) {
  const text = useText(messages).sharing
  const format = useFormat()
  const modelName = useModelName()
  const layers = useLayers()
  const withdraw = useCall(shardWithdraw)
  const kept = useFocusKept(list)
  const what = `${modelName(offer.model)}, ${layers(offer.layers)}`
  return (
    <li className={lists.item} {...kept}>
      <div className={lists.itemHead}>
        <Text fw={600}>{what}</Text>
        <StatusDot status={DOTS[offer.state]}>{text.states[offer.state]}</StatusDot>
      </div>
      {offer.state === 'failed' ? (
        <Text size="sm" c="bad">
          {offer.code === 'capacity_exceeded' ? (
            text.tooBig
          ) : (
            <ErrorWords code={isErrorCode(offer.code) ? offer.code : 'internal_error'} />
          )}
        </Text>
      ) : null}
      <div className={lists.itemHead}>
        <Text size="sm" c="dimmed">
          {[
            format.bytes(offer.memory_bytes),
            text.served(offer.served_tokens),
            ...(offer.streams > 0 ? [text.streams(offer.streams)] : []),
          ].join(' · ')}
        </Text>
        <Button
          variant="default"
          aria-label={text.withdrawOf(what)}
          loading={withdraw.busy}
          onClick={() => withdraw.run({ shard_id: offer.shard_id })}
        >
          {text.withdraw}
        </Button>
      </div>
      {withdraw.error ? <ErrorNotice error={withdraw.error} /> : null}
    </li>
  )
}

/** Whose layers lie here; the app's own comes by itself when it is wanted. */
const canBeOffered = ({ refused, state, source }: ModelState): boolean =>
  refused === null && (state === 'ready' || state === 'partial' || source === 'app')

/** What this device computes for others: whether, how much, which layers. @param models of this device */
export function SharingSection({ models }: { readonly models: QueryState<Output<typeof modelList>> }) {
  const text = useText(messages)
  const query = useQuery(sharingGet, {})
  const set = useCall(sharingSet)
  const list = useRef<HTMLUListElement>(null)
  return (
    <Section title={text.sharing.title} intro={text.sharing.intro}>
      <QueryView query={query} rows={6}>
        {(sharing) => (
          <Stack gap="lg">
            <Switch
              size="lg"
              label={text.sharing.share}
              description={text.sharing.readNote}
              checked={sharing.share}
              onChange={(event) => set.run({ share: event.currentTarget.checked })}
            />
            <Memory sharing={sharing} onChange={(memory_bytes) => set.run({ memory_bytes })} />
            {sharing.backend === null ? null : (
              <Text size="sm" c="dimmed">
                {text.sharing.on(text.backends[sharing.backend])}
              </Text>
            )}
            {set.error ? <ErrorNotice error={set.error} /> : null}
            <Stack gap="xs">
              <Title order={3} size="h4">
                {text.sharing.offers}
              </Title>
              {sharing.offers.length === 0 ? <Text c="dimmed">{text.sharing.none}</Text> : null}
              <ul ref={list} tabIndex={-1} className={classes.plain} aria-label={text.sharing.offers}>
                {sharing.offers.map((offer) => (
                  <OfferItem key={offer.shard_id} offer={offer} list={list} />
                ))}
              </ul>
            </Stack>
            <Stack gap="xs">
              <Title order={3} size="h4">
                {text.sharing.add}
              </Title>
              <QueryView query={models} rows={3}>
                {(known) => <OfferForm models={known.models.filter(canBeOffered)} />}
              </QueryView>
            </Stack>
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
