import { Stack, Text, Title } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { modelList, modelNeighbours } from '#protocol/distributed-inference/model-capabilities.ts'
import { Empty } from '../../../kit/empty.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { Doors } from '../shared/doors.tsx'
import lists from '../shared/lists.module.css'
import { FromAddress } from './from-address.tsx'
import { FromFolder } from './from-folder.tsx'
import { FromNeighbours } from './from-neighbours.tsx'
import { messages } from './messages.ts'
import { ModelItem } from './model-item.tsx'

function Way({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  )
}

/** The models of this device, and the ways to get more. */
export function ModelsPage() {
  const text = useText(messages)
  const format = useFormat()
  const query = useQuery(modelList, {})
  const others = useQuery(modelNeighbours, {})
  const list = useRef<HTMLUListElement>(null)
  const neighbours = others.status === 'ready' ? others.data.models : []
  return (
    <Page title={text.title} intro={text.intro}>
      <Doors />
      <QueryView query={query} rows={6}>
        {({ models, free_bytes }) => (
          <Stack gap="lg">
            <Section title={text.list.title}>
              {models.length === 0 ? <Empty icon={IconPackage}>{text.list.empty}</Empty> : null}
              <ul ref={list} tabIndex={-1} className={lists.list} aria-label={text.list.title}>
                {models.map((model) => (
                  <ModelItem key={model.model} model={model} neighbours={neighbours} list={list} />
                ))}
              </ul>
              {free_bytes === null ? null : (
                <Text size="sm" c="dimmed">
                  {text.list.free(format.bytes(free_bytes))}
                </Text>
              )}
            </Section>
            <Section title={text.more.title} intro={text.more.intro}>
              <Stack gap="xl">
                <Way title={text.more.peers}>
                  <QueryView query={others} rows={2}>
                    {(offered) => <FromNeighbours neighbours={offered.models} models={models} />}
                  </QueryView>
                </Way>
                <Way title={text.more.folder}>
                  <FromFolder />
                </Way>
                <Way title={text.more.url}>
                  <FromAddress />
                </Way>
              </Stack>
            </Section>
          </Stack>
        )}
      </QueryView>
    </Page>
  )
}
