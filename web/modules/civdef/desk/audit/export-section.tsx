import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { auditCheckpoint } from '#protocol/civdef/audit-capabilities.ts'
import { AUDIT_FORMATS, auditExport } from '#protocol/civdef/capabilities.ts'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { saveFile } from '../../../../kit/save-file.ts'
import { Section } from '../../../../kit/section.tsx'
import { useCall } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { Choice } from '../shared/choice.tsx'
import { messages } from './messages.ts'
import { edgeOf } from './span.ts'
import type { AuditState } from './state-section.tsx'

const CURRENT = 'current'

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

/** The record as a file that can be checked by itself (AUD-5). */
export function ExportSection({ state }: { readonly state: AuditState }) {
  const text = useText(messages)
  const { language, format } = useLanguage()
  const take = useCall(auditExport)
  const secure = useCall(auditCheckpoint)
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const [run, setRun] = useState<string>(CURRENT)
  const [count, setCount] = useState<number | null>(null)
  const error = secure.error ?? take.error

  const save = async (kind: (typeof AUDIT_FORMATS)[number]) => {
    setCount(null)
    // what is taken along is proven by a checkpoint: one is made where there is none yet
    if (run === CURRENT && state.checkpoint === null && !state.blocked && !(await secure.run({}))) return
    const [from, to] = [edgeOf(since, 'begin'), edgeOf(until, 'end')]
    const file = await take.run({
      format: kind,
      ...(from === undefined ? {} : { since: from }),
      ...(to === undefined ? {} : { until: to }),
      ...(run === CURRENT ? {} : { epoch: Number(run) }),
    })
    if (!file) return
    saveFile(file.file_name, file.media_type, kind === 'pdf' ? bytesOf(file.content) : file.content)
    setCount(file.entries)
  }
  return (
    <Section title={text.export} intro={text.exportIntro}>
      <Stack gap="md">
        {state.earlier === 0 ? null : (
          <Choice
            legend={text.which}
            value={run}
            onChange={setRun}
            options={[
              { value: CURRENT, name: text.current },
              ...Array.from({ length: state.earlier }, (_, at) => ({
                value: String(at),
                name: text.earlier(format.number(at + 1)),
              })),
            ]}
          />
        )}
        <details>
          <summary className={classes.summary}>{text.span}</summary>
          <div className={classes.pair}>
            {(
              [
                [text.since, since, setSince],
                [text.until, until, setUntil],
              ] as const
            ).map(([label, value, set]) => (
              <TextInput
                key={label}
                type="date"
                label={label}
                value={value}
                onChange={(event) => set(event.currentTarget.value)}
                classNames={{ input: classes.input }}
              />
            ))}
          </div>
        </details>
        <div className={classes.pair}>
          {AUDIT_FORMATS.map((kind) => (
            <Button
              key={kind}
              variant="default"
              className={classes.big}
              leftSection={<IconDownload size={24} aria-hidden />}
              disabled={take.busy || secure.busy || state.entries === 0}
              onClick={() => save(kind)}
            >
              {text.formats[kind]}
            </Button>
          ))}
        </div>
        <Text role="status" fw={600}>
          {count === null ? null : plural(language, count, text.exported)}
        </Text>
        {error ? <ErrorNotice error={error} /> : null}
      </Stack>
    </Section>
  )
}
