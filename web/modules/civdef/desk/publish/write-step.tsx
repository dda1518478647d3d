import { Button, Stack, Text } from '@mantine/core'
import { IconBarrierBlock, IconEye, IconUrgent } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { AuditWarning } from '../audit-warning.tsx'
import classes from '../desk.module.css'
import { ActionBar } from '../shared/action-bar.tsx'
import { RoleName } from '../shared/certificate-card.tsx'
import { Choice } from '../shared/choice.tsx'
import { DrillFrame } from '../shared/drill-frame.tsx'
import { messages as shared } from '../shared/messages.ts'
import { RegionName } from '../shared/region-name.tsx'
import { severitiesOf } from '../shared/role-kinds.ts'
import { SEVERITY_ICONS } from '../shared/severity-mark.tsx'
import { AudienceField } from './audience-field.tsx'
import { type AlertForm, type FormFaults, faultsOf, LASTING, underCertificate } from './form.ts'
import { messages } from './messages.ts'
import { RegionField } from './region-field.tsx'
import { TemplateField } from './template-field.tsx'
import { WordFields } from './word-fields.tsx'

export interface WriteStepProps {
  readonly form: AlertForm
  /** Certificates that may publish. */
  readonly certificates: readonly CertificateRecord[]
  /** RFC 3339; null before the first time. */
  readonly savedAt: string | null
  readonly onChange: (form: AlertForm) => void
  readonly onCheck: () => void
}

const MINUTE_MS = 60_000
const NONE: FormFaults = {}

function SeverityField({
  form,
  role,
  fault,
  onChange,
}: {
  form: AlertForm
  role: string
  fault: string | null
  onChange: WriteStepProps['onChange']
}) {
  const text = useText(messages)
  const words = useText(shared)
  const allowed = severitiesOf(role)
  const loudest = allowed.at(-1)
  return (
    <Choice
      legend={text.severity}
      note={loudest === undefined || loudest === 'extreme' ? null : text.severityCap(words.severities[loudest])}
      value={form.severity}
      onChange={(severity) => onChange({ ...form, severity })}
      error={fault}
      options={ALERT_SEVERITIES.map((severity) => {
        const Icon = SEVERITY_ICONS[severity]
        return {
          value: severity,
          name: words.severities[severity],
          note: `${words.severityNotes[severity]} ${text.severityGets[severity]}`,
          icon: <Icon size={28} aria-hidden />,
          disabled: !allowed.includes(severity),
        }
      })}
    />
  )
}

function LastingField({ form, onChange }: Pick<WriteStepProps, 'form' | 'onChange'>) {
  const text = useText(messages)
  const { format } = useLanguage()
  const now = useNow()
  // a draft keeps the time that it was left with, beside those that are offered
  const offered = [...new Set([...LASTING, form.minutes])].sort((a, b) => a - b)
  return (
    <Choice
      legend={text.lasting}
      value={String(form.minutes)}
      onChange={(minutes) => onChange({ ...form, minutes: Number(minutes) })}
      options={offered.map((minutes) => ({
        value: String(minutes),
        name: text.lastingUntil(format.duration(minutes * MINUTE_MS), format.dateTime(now + minutes * MINUTE_MS)),
      }))}
      pairs
    />
  )
}

/** The form: who, how serious, real or drill, where, what, how long. */
export function WriteStep({ form, certificates, savedAt, onChange, onCheck }: WriteStepProps) {
  const text = useText(messages)
  const { language, format } = useLanguage()
  const [shown, setShown] = useState(false)
  const [pressed, setPressed] = useState(0)
  const page = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (pressed === 0) return
    const problem = page.current?.querySelector('[aria-invalid="true"], [data-problem]')
    const field = problem instanceof HTMLFieldSetElement ? problem.querySelector('input') : problem
    if (field instanceof HTMLElement) field.focus()
  }, [pressed])
  const certificate = certificates.find((one) => one.certificate.cert_id === form.cert_id)?.certificate
  const all = faultsOf(form)
  const faults = shown ? all : NONE
  const count = Object.keys(all).length
  const word = (field: keyof FormFaults) => (faults[field] === undefined ? null : text.faults[faults[field]])

  return (
    <Stack gap="lg" ref={page}>
      <AuditWarning />
      <DrillFrame drill={form.drill}>
        <Stack gap="lg">
          <Choice
            legend={text.certificate}
            value={form.cert_id}
            onChange={(id) => {
              const chosen = certificates.find((one) => one.certificate.cert_id === id)
              if (chosen) onChange(underCertificate(form, chosen.certificate))
            }}
            error={word('certificate')}
            options={certificates.map(({ certificate: one }) => ({
              value: one.cert_id,
              name: <BidiText>{one.title}</BidiText>,
              note: (
                <>
                  <RoleName role={one.role} />
                  {' · '}
                  <RegionName region={one.region} />
                </>
              ),
            }))}
          />
          {certificate ? (
            <>
              <Choice
                legend={text.kind}
                value={form.drill ? 'drill' : 'real'}
                onChange={(kind) => onChange({ ...form, drill: kind === 'drill' })}
                options={[
                  { value: 'real', name: text.real, note: text.realNote, icon: <IconUrgent size={28} aria-hidden /> },
                  {
                    value: 'drill',
                    name: text.drillChoice,
                    note: text.drillChoiceNote,
                    icon: <IconBarrierBlock size={28} aria-hidden />,
                  },
                ]}
                pairs
              />
              <TemplateField form={form} allowed={severitiesOf(certificate.role)} onChange={onChange} />
              <SeverityField form={form} role={certificate.role} fault={word('severity')} onChange={onChange} />
              <RegionField
                key={certificate.cert_id}
                scope={certificate.region}
                value={form.region}
                onChange={(region) => onChange({ ...form, region, roles: [] })}
              />
              <Choice
                legend={text.language}
                value={form.languages}
                onChange={(languages) => onChange({ ...form, languages })}
                options={(['de', 'both', 'en'] as const).map((value) => ({ value, name: text.languages[value] }))}
                pairs
              />
              {form.languages === 'en' ? null : (
                <WordFields language="de" words={form.de} faults={faults} onChange={(de) => onChange({ ...form, de })} />
              )}
              {form.languages === 'de' ? null : (
                <WordFields language="en" words={form.en} faults={faults} onChange={(en) => onChange({ ...form, en })} />
              )}
              <LastingField form={form} onChange={onChange} />
              <AudienceField form={form} faults={faults} onChange={(change) => onChange({ ...form, ...change })} />
            </>
          ) : null}
        </Stack>
      </DrillFrame>
      <ActionBar>
        <Text role="status" size="sm">
          {shown && count > 0
            ? plural(language, count, text.incomplete)
            : savedAt === null
              ? text.keptHere
              : text.kept(format.time(savedAt))}
        </Text>
        <Button
          className={classes.big}
          leftSection={<IconEye size={24} aria-hidden />}
          onClick={() => {
            setShown(true)
            setPressed((times) => times + 1)
            if (count === 0) onCheck()
          }}
        >
          {text.toCheck}
        </Button>
      </ActionBar>
    </Stack>
  )
}
