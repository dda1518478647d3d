import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft, IconSend } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { alertPublish } from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { alertPreview } from '#protocol/civdef/desk-capabilities.ts'
import { placeMap } from '#protocol/civdef/place-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import { MapView } from '../../map/map-view.tsx'
import { messages as map } from '../../map/messages.ts'
import { sceneOf, viewOf } from '../../map/scene.ts'
import { AskCosigner } from '../cosign/ask-cosigner.tsx'
import classes from '../desk.module.css'
import { ActionBar } from '../shared/action-bar.tsx'
import { AlertView } from '../shared/alert-view.tsx'
import { Hold } from '../shared/hold.tsx'
import { ProblemWords } from '../shared/problem-words.tsx'
import { type AlertDraft, fieldOf } from './form.ts'
import { messages } from './messages.ts'

type Preview = Output<typeof alertPreview>

/** Whom it would reach, and how loudly. */
export function Reach({ preview }: { readonly preview: Preview }) {
  const text = useText(messages).check
  const { language, format } = useLanguage()
  return (
    <Section title={text.reach}>
      <Stack gap="xs">
        <Text fw={700} size="xl">
          {text.inhabitants(format.number(preview.inhabitants))}
        </Text>
        <Text>{plural(language, preview.municipalities, text.municipalities)}</Text>
        <Text>{text.delivery[preview.resident.delivery]}</Text>
        <Text size="sm" c="dimmed">
          {text.reachNote}
        </Text>
      </Stack>
    </Section>
  )
}

/** What publishing would be refused for, field by field. A missing second signature is no mistake: it is asked for. */
function Problems({ preview, onChange }: { readonly preview: Preview; readonly onChange?: () => void }) {
  const all = useText(messages)
  const text = all.check
  if (preview.problems.length === 0) return null
  return (
    <Alert color="bad" role="alert" icon={<IconAlertTriangle aria-hidden />} title={text.problems}>
      <Stack gap="sm">
        <ul>
          {preview.problems.map((problem) => {
            const { code, field, message } = problem
            const at = fieldOf(problem)
            return (
              <li key={`${code} ${field} ${message}`}>
                {at === null ? null : (
                  <>
                    <strong>{all.fields[at]}:</strong> {all.problemsAt[at]}{' '}
                  </>
                )}
                <ProblemWords code={code} /> <span className={classes.mono}>{code}</span>
              </li>
            )
          })}
        </ul>
        {onChange ? (
          <Button variant="default" className={classes.wide} onClick={onChange}>
            {text.change}
          </Button>
        ) : null}
      </Stack>
    </Alert>
  )
}

/** Where it will be seen to hold, as the recipients' map has it; their own place is theirs. */
function Where({ draft: { target, drill } }: Pick<CheckStepProps, 'draft'>) {
  const text = useText(map)
  const query = useQuery(placeMap, {})
  const points = query.status === 'ready' ? query.data.points : null
  const scene = useMemo(() => {
    const told = { regions: [target.region], shapes: target.polygon || target.bbox ? [target] : [], drill }
    return points && sceneOf({ told, points, me: null, label: text.targetArea })
  }, [target, drill, points, text])
  return scene && viewOf(scene) ? <MapView scene={scene} drill={drill} /> : null
}

export interface CheckStepProps {
  readonly draft: AlertDraft
  readonly certificate: Certificate
  readonly onBack: () => void
  /** It went out, or its request did. */
  readonly onSent: (next: { readonly alert: string } | { readonly request: string }) => void
}

/** The alert as people will see it, whom it reaches, and the one button that sends it (CIV-4). */
export function CheckStep({ draft, certificate, onBack, onSent }: CheckStepProps) {
  const text = useText(messages).check
  const query = useQuery(alertPreview, { draft })
  const publish = useCall(alertPublish)
  const send = async () => {
    const sent = await publish.run({ draft })
    if (sent) onSent({ alert: sent.alert_id })
  }
  const bar = (children: ReactNode) => (
    <ActionBar>
      {publish.error ? (
        <div>
          <Text fw={600}>{text.failed}</Text>
          <ErrorNotice error={publish.error} />
        </div>
      ) : null}
      <Button variant="default" className={classes.wide} leftSection={<IconArrowLeft size={24} aria-hidden />} onClick={onBack}>
        {text.back}
      </Button>
      {children}
    </ActionBar>
  )
  return (
    <Stack gap="lg">
      <Section title={text.title} intro={text.intro}>
        <AlertView alert={draft} by={<BidiText>{certificate.title}</BidiText>} />
        <Where draft={draft} />
      </Section>
      <QueryView query={query}>
        {(preview) => (
          <Stack gap="lg">
            <Reach preview={preview} />
            <Problems preview={preview} onChange={onBack} />
            {preview.needs_cosignature && preview.problems.length === 0 ? (
              <>
                <Text fw={600}>{text.cosign}</Text>
                <AskCosigner draft={draft} certificate={certificate} onAsked={(request) => onSent({ request })} />
                {bar(null)}
              </>
            ) : (
              bar(
                <Hold
                  label={publish.busy ? text.sending : draft.drill ? text.publishDrill : text.publish}
                  icon={<IconSend size={32} aria-hidden />}
                  disabled={publish.busy || preview.problems.length > 0}
                  onHeld={send}
                />,
              )
            )}
          </Stack>
        )}
      </QueryView>
    </Stack>
  )
}
