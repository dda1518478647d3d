import { Button, Stack, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { CopyField } from '../copy-field.tsx'
import { useLanguage, useText } from '../i18n.tsx'
import { QrCode } from '../qr-code.tsx'
import classes from './codes.module.css'
import { messages } from './messages.ts'
import { partsOf } from './parts.ts'

export interface CodeToShowProps {
  readonly text: string
  /** Buttons for gloves. */
  readonly big?: boolean
}

/** Shows a text to the device opposite, in as many codes as a camera can read well; as text where there is no camera. */
export function CodeToShow({ text: value, big = false }: CodeToShowProps) {
  const text = useText(messages).show
  const { format } = useLanguage()
  const parts = useMemo(() => partsOf(value), [value])
  const [at, setAt] = useState(0)
  const part = parts[at % parts.length] ?? ''
  const many = parts.length > 1
  const of = format.number(parts.length)
  return (
    <Stack gap="md">
      {many ? <Text>{text.partsIntro(of)}</Text> : null}
      <div className={classes.code}>
        <QrCode value={part} label={many ? text.part(format.number((at % parts.length) + 1), of) : text.qr} />
        {many ? (
          <>
            <Text fw={650} role="status">
              {text.part(format.number((at % parts.length) + 1), of)}
            </Text>
            <Button
              variant="default"
              {...(big ? { className: classes.big } : {})}
              rightSection={<IconArrowRight size={24} aria-hidden />}
              onClick={() => setAt((at + 1) % parts.length)}
            >
              {text.next}
            </Button>
          </>
        ) : null}
      </div>
      <details>
        <summary className={classes.summary}>{text.noCamera}</summary>
        <CopyField label={text.copy} value={value} oneLine />
      </details>
    </Stack>
  )
}
