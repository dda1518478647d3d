import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { SEVERITY_ICONS } from '../shared/severity-mark.tsx'
import { type AlertForm, withTemplate } from './form.ts'
import { messages } from './messages.ts'
import { TEMPLATES } from './templates.ts'

export interface TemplateFieldProps {
  readonly form: AlertForm
  readonly allowed: readonly AlertSeverity[]
  readonly onChange: (form: AlertForm) => void
}

/** Beginnings for common cases; one tap takes one, and one takes it back. */
export function TemplateField({ form, allowed, onChange }: TemplateFieldProps) {
  const text = useText(messages)
  const { language } = useLanguage()
  const [taken, setTaken] = useState<{ readonly name: string; readonly before: AlertForm } | null>(null)
  return (
    <fieldset className={classes.choices}>
      <legend className={classes.legend}>{text.templates}</legend>
      <Text size="sm" c="dimmed">
        {text.templatesNote} {text.templateOver}
      </Text>
      <div className={classes.pair}>
        {TEMPLATES.map((template) => {
          const Icon = SEVERITY_ICONS[template.severity]
          return (
            <Button
              key={template.id}
              variant="default"
              className={classes.big}
              justify="flex-start"
              leftSection={<Icon size={24} aria-hidden />}
              onClick={() => {
                setTaken({ name: template.name[language], before: form })
                onChange(withTemplate(form, template, allowed))
              }}
            >
              {template.name[language]}
            </Button>
          )
        })}
      </div>
      <Group gap="sm" role="status">
        {taken ? <Text fw={600}>{text.templateTaken(taken.name)}</Text> : null}
        {taken ? (
          <Button
            variant="default"
            className={classes.wide}
            onClick={() => {
              onChange(taken.before)
              setTaken(null)
            }}
          >
            {text.undo}
          </Button>
        ) : null}
      </Group>
    </fieldset>
  )
}
