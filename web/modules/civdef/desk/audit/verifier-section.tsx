import { Button } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

/** One file beside the app that checks an export with no network and none of the app (AUD-5). */
const VERIFIER = './verify-audit.html'

/** Where somebody who trusts neither this device nor this app checks the file. */
export function VerifierSection() {
  const text = useText(messages)
  return (
    <Section title={text.verifier} intro={text.verifierIntro}>
      <Button
        component="a"
        href={VERIFIER}
        target="_blank"
        rel="noopener"
        variant="default"
        className={classes.big}
        leftSection={<IconExternalLink size={24} aria-hidden />}
      >
        {text.saveVerifier}
      </Button>
    </Section>
  )
}
