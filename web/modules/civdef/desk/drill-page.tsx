import { Button, Stack, Text } from '@mantine/core'
import { IconBarrierBlock } from '@tabler/icons-react'
import { Link } from 'wouter'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import classes from './desk.module.css'
import { messages } from './messages.ts'
import { DESK, drillPath } from './paths.ts'
import { RunningList } from './running-list.tsx'
import { ActionBar } from './shared/action-bar.tsx'
import { DeskFrame } from './shared/desk-frame.tsx'
import { DrillFrame } from './shared/drill-frame.tsx'

/** How a drill is held, and which are running (CIV-9). */
export function DrillPage() {
  const text = useText(messages).drill
  const query = useQuery(configGet, {})
  const set = useCall(configSet)
  return (
    <DeskFrame title={text.title} intro={text.intro} back={DESK} query={query}>
      {({ civdef }) => (
        <Stack gap="lg">
          <DrillFrame drill>
            <ol className={classes.steps}>
              {text.steps.split('\n').map((step) => (
                <li key={step} className={classes.step}>
                  <Text pt={6}>{step}</Text>
                </li>
              ))}
            </ol>
          </DrillFrame>
          <label className={classes.choice}>
            <input
              type="checkbox"
              checked={civdef.drills}
              disabled={set.busy}
              onChange={() => set.run({ civdef: { drills: !civdef.drills } })}
            />
            <span className={classes.choiceWords}>
              <span className={classes.choiceName}>{text.part}</span>
              <span className={classes.choiceNote}>{text.partNote}</span>
            </span>
          </label>
          {set.error ? <ErrorNotice error={set.error} /> : null}
          <Section title={text.running}>
            <RunningList label={text.running} empty={text.none} drillsOnly />
          </Section>
          <ActionBar>
            <Button
              component={Link}
              href={drillPath}
              className={classes.big}
              leftSection={<IconBarrierBlock size={24} aria-hidden />}
            >
              {text.start}
            </Button>
          </ActionBar>
        </Stack>
      )}
    </DeskFrame>
  )
}
