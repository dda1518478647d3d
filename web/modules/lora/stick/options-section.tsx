import { Input, NativeSelect, SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import { useId } from 'react'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { REGIONS } from '#protocol/lora/records.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import { REACHES, reachOf, settingsFor } from './reach.ts'

/** Region, reach and whether a call for help passes an empty budget: what all neighbours have to agree on. */
export function OptionsSection() {
  const text = useText(messages).options
  const id = useId()
  const query = useQuery(configGet, {})
  const set = useCall(configSet)
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={query} rows={4}>
        {({ lora }) => {
          const reach = reachOf(lora)
          return (
            <Stack gap="md">
              <NativeSelect
                label={text.region}
                value={lora.region}
                disabled={set.busy}
                data={REGIONS.map((value) => ({ value, label: text.regions[value] }))}
                onChange={({ currentTarget }) => {
                  const region = REGIONS.find((known) => known === currentTarget.value)
                  if (region) void set.run({ lora: settingsFor(region, reach ?? 'usual') })
                }}
              />
              <Input.Wrapper
                label={text.reach}
                labelElement="div"
                labelProps={{ id: `${id}-reach` }}
                description={text.reachHint}
              >
                <SegmentedControl
                  fullWidth
                  aria-labelledby={`${id}-reach`}
                  disabled={set.busy}
                  data={REACHES.map((value) => ({ value, label: text.reaches[value] }))}
                  value={reach ?? ''}
                  onChange={(value) => {
                    const chosen = REACHES.find((known) => known === value)
                    if (chosen) void set.run({ lora: settingsFor(lora.region, chosen) })
                  }}
                />
                {reach === null ? <Text size="sm">{text.own}</Text> : null}
              </Input.Wrapper>
              <Switch
                label={text.override}
                description={text.overrideHint}
                checked={lora.panic_override}
                disabled={set.busy}
                onChange={(event) => set.run({ lora: { panic_override: event.currentTarget.checked } })}
              />
              {set.error ? <ErrorNotice error={set.error} /> : null}
            </Stack>
          )
        }}
      </QueryView>
    </Section>
  )
}
