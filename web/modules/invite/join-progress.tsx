import { Button, List, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { useQuery } from '../../port/hooks.ts'
import { JOIN_STEPS, joinStep } from './join-problem.ts'
import { messages } from './messages.ts'

/** Whole seconds since this was first shown. */
function useElapsed(): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return seconds
}

/** Joining, step by step as the mesh shows it; a minute is long without a sign of life. */
export function JoinProgress({ onCancel }: { readonly onCancel: () => void }) {
  const text = useText(messages).join
  const seconds = useElapsed()
  const mesh = useQuery(nodePeers, {})
  const { peers, boxes } = mesh.status === 'ready' ? mesh.data : { peers: [], boxes: [] }
  const now = JOIN_STEPS.indexOf(
    joinStep(
      boxes.some(({ state }) => state === 'connected'),
      peers.some(({ connection }) => connection === 'direct' || connection === 'relayed'),
    ),
  )

  return (
    <Section title={text.submit} intro={text.progress}>
      <Stack gap="md" aria-busy>
        <List listStyleType="none" spacing="sm" withPadding={false}>
          {JOIN_STEPS.map((step, at) => (
            <List.Item key={step} aria-current={at === now ? 'step' : undefined}>
              <StatusDot status={at < now ? 'good' : at === now ? 'busy' : 'idle'}>
                {text.steps[step]}
                <VisuallyHidden>{at < now ? `: ${text.stepDone}` : at === now ? `: ${text.stepNow}` : ''}</VisuallyHidden>
              </StatusDot>
            </List.Item>
          ))}
        </List>
        <Text c="dimmed" size="sm">
          {text.elapsed(seconds)}
        </Text>
        <Button variant="default" onClick={onCancel} style={{ alignSelf: 'flex-start' }}>
          {text.cancel}
        </Button>
      </Stack>
    </Section>
  )
}
