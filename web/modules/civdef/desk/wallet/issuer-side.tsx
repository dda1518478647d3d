import { Button, Stack, Text } from '@mantine/core'
import { IconSignature } from '@tabler/icons-react'
import { useState } from 'react'
import { type CeremonyRequest, ceremonyIssue, ceremonyRead } from '#protocol/civdef/desk-capabilities.ts'
import type { rootList } from '#protocol/civdef/place-capabilities.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import type { CertId, CertScope } from '#protocol/civdef/terms.ts'
import type { Output } from '#protocol/core/capability.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { CodeToShow } from '../../../../kit/codes/code-to-show.tsx'
import { CodeToTake } from '../../../../kit/codes/code-to-take.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { RoleName } from '../shared/certificate-card.tsx'
import { Choice } from '../shared/choice.tsx'
import { Hold } from '../shared/hold.tsx'
import { messages as shared } from '../shared/messages.ts'
import { RegionName } from '../shared/region-name.tsx'
import { type CertLasting, endOf } from './lasting.ts'
import { messages } from './messages.ts'
import { Step } from './step.tsx'

type Roots = Output<typeof rootList>['roots']

export interface IssuerSideProps {
  /** A request that was made on this very device. */
  readonly handed: string | null
  /** This device's own standing as a root. */
  readonly roots: Roots
  /** Certificates of this person that let it issue. */
  readonly issuers: readonly CertificateRecord[]
  readonly onSigned?: (text: string) => void
  /** Begins anew, for the next person. */
  readonly onAnother: () => void
}

const ROOT = 'root'

interface SignFormProps extends Pick<IssuerSideProps, 'roots' | 'issuers'> {
  readonly code: string
  readonly request: CeremonyRequest
  readonly fingerprint: string
  readonly onSigned: (text: string) => void
}

/** What is asked for, who asks, and what the issuer makes of it. */
function SignForm({ code, request, fingerprint, roots, issuers, onSigned }: SignFormProps) {
  const text = useText(messages).ceremony
  const words = useText(shared)
  const { format } = useLanguage()
  const now = useNow()
  const issue = useCall(ceremonyIssue)
  const [root] = roots
  const [under, setUnder] = useState<CertId | typeof ROOT>(() => (root ? ROOT : issuers[0]?.certificate.cert_id) ?? ROOT)
  const [scopes, setScopes] = useState<readonly CertScope[]>(request.scopes)
  const [lasting, setLasting] = useState<CertLasting>('one')
  const [seen, setSeen] = useState(false)
  const [isMissing, setMissing] = useState(false)
  const above = issuers.find(({ certificate }) => certificate.cert_id === under)?.certificate
  const ends = (one: CertLasting, at: number) => endOf(one, at, above?.expires_at ?? null)

  const sign = async () => {
    setMissing(!seen || scopes.length === 0)
    if (!seen || scopes.length === 0) return
    const signed = await issue.run({
      text: code,
      under: under === ROOT ? null : under,
      scopes: [...scopes],
      expires_at: ends(lasting, Date.now()),
    })
    if (signed) onSigned(signed.text)
  }
  return (
    <Stack gap="md">
      <div className={classes.card}>
        <Text>
          <BidiText>{text.asks(request.display_name)}</BidiText>
        </Text>
        <Text fw={700} size="lg">
          <BidiText>{request.title}</BidiText>
        </Text>
        <dl className={classes.facts}>
          <dt>{words.facts.role}</dt>
          <dd>
            <RoleName role={request.role} />
          </dd>
          <dt>{words.facts.region}</dt>
          <dd>
            <RegionName region={request.region} />
          </dd>
          <dt>{text.fingerprint}</dt>
          <dd>
            <Text fw={700} size="lg" ff="monospace">
              {fingerprint}
            </Text>
          </dd>
        </dl>
      </div>
      {roots.length + issuers.length > 1 ? (
        <Choice
          legend={text.under}
          value={under}
          onChange={setUnder}
          options={[
            ...(root ? [{ value: ROOT as typeof ROOT, name: <BidiText>{text.asRoot(root.name)}</BidiText> }] : []),
            ...issuers.map(({ certificate }) => ({
              value: certificate.cert_id,
              name: <BidiText>{certificate.title}</BidiText>,
            })),
          ]}
        />
      ) : null}
      <fieldset className={classes.choices}>
        <legend className={classes.legend}>{text.scopes}</legend>
        {request.scopes.map((scope) => (
          <label key={scope} className={classes.choice}>
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={() => setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope])}
            />
            <span className={classes.choiceName}>{words.scopes[scope]}</span>
          </label>
        ))}
        {isMissing && scopes.length === 0 ? (
          <Text c="bad" role="alert">
            {text.scopesMissing}
          </Text>
        ) : null}
      </fieldset>
      <Choice
        legend={text.until}
        value={lasting}
        onChange={setLasting}
        options={(['month', 'half', 'one', 'two'] as const).map((value) => ({
          value,
          name: text.years[value].replace('#', format.date(ends(value, now))),
        }))}
        pairs
      />
      <label className={classes.choice}>
        <input type="checkbox" checked={seen} onChange={() => setSeen(!seen)} />
        <span className={classes.choiceName}>{text.seen}</span>
      </label>
      {isMissing && !seen ? (
        <Text c="bad" role="alert">
          {text.seenMissing}
        </Text>
      ) : null}
      {issue.error ? <ErrorNotice error={issue.error} /> : null}
      <Hold label={text.sign} icon={<IconSignature size={32} aria-hidden />} disabled={issue.busy} onHeld={sign} />
    </Stack>
  )
}

/** Who issues: reads the request, looks at the person, signs, shows the way back. */
export function IssuerSide({ handed, roots, issuers, onSigned, onAnother }: IssuerSideProps) {
  const text = useText(messages).ceremony
  const [code, setCode] = useState(handed)
  const [signed, setSigned] = useState<string | null>(null)
  const read = useQuery(ceremonyRead, { text: code ?? '' }, { enabled: code !== null })

  if (roots.length + issuers.length === 0) return <Text role="note">{text.mayNotIssue}</Text>
  const step = signed !== null ? 3 : code === null || read.status === 'failed' ? 1 : 2
  return (
    <ol className={classes.steps}>
      <Step now={step === 1} name={text.issuerSteps.read}>
        {step === 1 ? (
          <>
            {read.status === 'failed' ? (
              <div>
                <Text c="bad" role="alert" fw={600}>
                  {text.unreadable}
                </Text>
                <ErrorNotice error={read.error} />
              </div>
            ) : null}
            <CodeToTake big onText={setCode} />
          </>
        ) : null}
      </Step>
      <Step now={step === 2} name={text.issuerSteps.look}>
        {step === 2 && code !== null ? (
          <QueryView query={read}>
            {({ request, fingerprint }) => (
              <SignForm
                code={code}
                request={request}
                fingerprint={fingerprint}
                roots={roots}
                issuers={issuers}
                onSigned={(made) => {
                  setSigned(made)
                  onSigned?.(made)
                }}
              />
            )}
          </QueryView>
        ) : null}
      </Step>
      <Step now={step === 3} name={text.issuerSteps.back}>
        {signed === null ? null : (
          <>
            <Text fw={600} role="status">
              {text.signed}
            </Text>
            <CodeToShow big text={signed} />
            <Button variant="default" className={classes.wide} onClick={onAnother}>
              {text.another}
            </Button>
          </>
        )}
      </Step>
    </ol>
  )
}
