import { Alert, Stack, Text } from '@mantine/core'
import { IconArrowsSplit2 } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Advisory } from '#protocol/evidence/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { claimPath } from './paths.ts'

/** Says that several things are claimed of one and the same; it names them all and picks none (EVI-7). */
export function Contradictions({ advisories }: { readonly advisories: readonly Advisory[] }) {
  const text = useText(messages).contradiction
  const { language } = useLanguage()
  return advisories.map((advisory) => (
    <Alert
      key={`${advisory.subject}\n${advisory.predicate}`}
      color="warn"
      icon={<IconArrowsSplit2 aria-hidden />}
      title={text.title}
      role="note"
    >
      <Stack gap="xs">
        <Text>{text.body}</Text>
        <ul className={classes.plainList}>
          {advisory.objects.map(({ object, claim_ids }) => (
            <li key={object}>
              {claim_ids[0] ? (
                <Link href={claimPath(claim_ids[0])} className={classes.external}>
                  <BidiText>{object}</BidiText>
                </Link>
              ) : (
                <BidiText>{object}</BidiText>
              )}{' '}
              <Text span size="sm" c="dimmed">
                {plural(language, claim_ids.length, text.claims)}
              </Text>
            </li>
          ))}
        </ul>
      </Stack>
    </Alert>
  ))
}
